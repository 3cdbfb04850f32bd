// Package alarm keeps what an operator has to mend: it looks at the parts of the server, notices when something goes wrong and when it is mended, and tells
// both. What it looks at is given to it; it changes nothing and waits for nobody.
package alarm
