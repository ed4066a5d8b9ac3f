package io.dsqlproxy.workload.hibernate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** That a worker claimed a job, under a random key: two claims of one job would both be stored. */
@Entity
@Table(name = "job_claim")
class Claim {

  @Id private UUID id;

  @Column(nullable = false)
  private UUID job;

  @Column(nullable = false)
  private String worker;

  /** For Hibernate. */
  protected Claim() {}

  Claim(Job job, String worker) {
    this.id = UUID.randomUUID();
    this.job = job.id();
    this.worker = worker;
  }
}
