// SPDX-License-Identifier: Apache-2.0

// Package pubsub passes hints to whoever looks at something that has just
// changed: "look again at this topic", on every node, after the commit.
//
//	Publish in a commit ──▶ subscribers here, when it is durable
//	                    ──▶ subscribers on other nodes, by way of the database
//
// A hint carries no content and may be lost; whoever gets one reads what it is
// about, with the reader's own rights. A subscriber who does not keep up loses
// hints and gets the topic Resync instead, and so does everybody when the way
// to the other nodes was interrupted. Nothing ever waits for a subscriber.
package pubsub
