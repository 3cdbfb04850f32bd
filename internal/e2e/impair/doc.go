// Package impair is a bad line between two network namespaces, in user space, for tests: the kernels that tests run on may have no netem. Linux, root.
package impair
