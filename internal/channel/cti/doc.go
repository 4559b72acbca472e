// SPDX-License-Identifier: Apache-2.0

// Package cti is the door for telephone systems: POST /hooks/cti, JSON, signed as Standard Webhooks
// asks (webhook-id, webhook-timestamp, webhook-signature). It answers 204 when what was said is
// stored, and not before; 401 to what is not signed or not of now, 422 to what says nothing.
//
//	{"type": "call.ringing", "data": {"call": "7f3a", "direction": "in", "number": "13800001111", "extension": "6011"}}
//
// type is call.ringing, call.answered or call.ended; number is the other side's.
package cti
