/** What an application has set on its session, so that another connection can take its place. */
package io.dsqlproxy.driver.session;
