package io.dsqlproxy.workload.hibernate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** A piece of work that one worker is to claim. Belongs to one persistence context. */
@Entity
@Table(name = "job")
class Job {

  static final int OPEN = 0;
  static final int CLAIMED = 1;
  static final int FINISHED = 2;

  @Id private UUID id;

  @Column(nullable = false)
  private long position;

  @Column(nullable = false)
  private int state;

  /** For Hibernate. */
  protected Job() {}

  Job(long position) {
    this.id = UUID.randomUUID();
    this.position = position;
    this.state = OPEN;
  }

  UUID id() {
    return id;
  }

  void moveTo(int nextState) {
    state = nextState;
  }
}
