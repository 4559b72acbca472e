// SPDX-License-Identifier: Apache-2.0

// Package push takes messages to browsers that are asleep (RFC 8030): sealed so that only the
// browser reads them, signed so that its maker knows who sends, by the one client that reaches
// out of the house (kit/netguard).
package push
