package io.dsqlproxy.workload.hibernate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** One of a customer's two accounts. Belongs to one persistence context. */
@Entity
@Table(name = "bank_account")
class Account {

  @Id private UUID id;

  @Column(nullable = false, updatable = false)
  private UUID customer;

  @Column(nullable = false)
  private long balance;

  /** For Hibernate. */
  protected Account() {}

  Account(UUID id, UUID customer) {
    this.id = id;
    this.customer = customer;
  }

  UUID id() {
    return id;
  }

  UUID customer() {
    return customer;
  }

  long balance() {
    return balance;
  }

  void add(long amount) {
    balance += amount;
  }
}
