/**
 * Random concurrent transactions through the driver, while things go wrong, and a check that what
 * they saw and left behind can be explained: {@link io.dsqlproxy.driver.history.PlanGenerator} says
 * what the transactions do, {@link io.dsqlproxy.driver.history.HistoryRun} runs them and makes a
 * {@link io.dsqlproxy.driver.history.History}, and {@link io.dsqlproxy.driver.history.Checker}
 * finds what should not be in it.
 *
 * <p>Every write of every transaction has a {@link io.dsqlproxy.driver.history.Token} of its own,
 * and appends it to a text in the row. Who reads the row learns all its versions, in their order.
 */
package io.dsqlproxy.driver.history;
