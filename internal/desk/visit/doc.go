// SPDX-License-Identifier: Apache-2.0

// Package visit owns appointments at the requester's place (N27).
//
//	            pick                start              arrive             finish         sign
//	proposed ─────────▶ agreed ───────────▶ travelling ─────▶ on site ─────────▶ done ─────────▶ signed
//	 │  ▲  ▲              │ ▲ fix             │                  │
//	 │  │  └── propose ───┤ └─────────┐       │ miss             │ miss
//	 │  │                 └──────────────▶ missed ◀──────────────┘
//	 │  └─ propose ─ refused                  │ propose, fix: again
//	 └──── refuse ─────▶
//
// From every state before done, cancel leads to cancelled. Fixing says what was agreed on the
// telephone; moving is proposing or fixing once more. Which act may come when is one pure table
// (state.go).
//
// The engineer works where the network is bad. Each act may come late and more than once: it carries
// a key, under which it is done once however often it arrives, and the instant at which it was done,
// which is kept beside that of its arrival. An act that comes out of turn is refused and says so;
// what the ticket's timeline tells happened in this order.
//
// What the ticket keeps of it are facts of the ticket; it waits by them (desk/ticket/visit.go).
package visit
