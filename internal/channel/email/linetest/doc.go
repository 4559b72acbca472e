// SPDX-License-Identifier: Apache-2.0

// Package linetest gives a test a connection to a server that breaks where the test wants: after
// so many bytes in either direction. What was between two ends when a cable is pulled is in
// nobody's hands, and only a line that breaks at every byte shows whether both ends know that.
package linetest
