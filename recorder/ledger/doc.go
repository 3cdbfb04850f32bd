// Package ledger makes recordings evidence: every file that is closed or deleted gets a signed line in its day's ledger, each line names
// the hash of the one before, and the first line of a day names where the ledger of an earlier day stood. So a file, a line or a day that
// is altered or taken away shows. The ledger holds no personal data: it outlives the deletion of what it lists.
package ledger
