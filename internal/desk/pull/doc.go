// SPDX-License-Identifier: Apache-2.0

// Package pull gives an agent the next ticket (N13, N23): the one at the greatest risk of those
// that nobody works on, within the agent's groups and skills, while there is room in what they
// have in work.
//
// Looking changes nothing; taking is one commit, so that two agents who press at once never get
// the same ticket, and one who presses twice never gets more than the limit. Passing a ticket
// over asks why: a recorded fact. It is offered to everybody else at once, and to the one who
// passed it over again after Rest.
//
// Where nothing is offered the answer says why: nothing is free, or what is free lies with other
// groups, asks for other skills, was passed over, waits for the team to which the agent handed it
// over, or the agent has enough in work.
package pull
