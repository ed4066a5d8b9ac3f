package io.dsqlproxy.workload.hibernate;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.util.UUID;

/** One change of one account, appended in the transaction that makes it. */
@Entity
@Table(name = "bank_ledger")
class LedgerEntry {

  @Id private UUID id;

  @Column(nullable = false)
  private UUID account;

  @Column(nullable = false)
  private long amount;

  /** For Hibernate. */
  protected LedgerEntry() {}

  LedgerEntry(Account account, long amount) {
    this.id = UUID.randomUUID();
    this.account = account.id();
    this.amount = amount;
  }
}
