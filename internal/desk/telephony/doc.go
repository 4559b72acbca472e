// SPDX-License-Identifier: Apache-2.0

// Package telephony hears from the telephone system which extension rings, and for whom.
//
//	ringing ──▶ answered ──▶ ended       each may be missing, come late or come twice
//
// A message is signed and dated (Standard Webhooks); one that was taken before does nothing. Who
// works at an extension is whoever of staff has it among their numbers, and nobody where two have.
package telephony
