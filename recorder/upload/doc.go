// Package upload carries closed recordings to another machine: SFTP or S3-compatible storage. What has to be uploaded is marked on the
// disk beside the recording, so that nothing is forgotten, however long the other side is down and however often the server ends.
package upload
