// SPDX-License-Identifier: Apache-2.0

package workspace

// topic is what the page listens to, by the number that people see.
func (s *sheet) topic() string { return "ticket:" + s.t.Ref() }

// writing is the topic of who is writing on it.
func (s *sheet) writing() string { return "writing:" + s.t.Ref() }

// home is the address of the ticket. The list that one came from stays beside it.
func (s *sheet) home() string { return s.of(s.t.Ref(), "") }

// at is the address of a part of the ticket or of a command on it.
func (s *sheet) at(what string) string { return s.of(s.t.Ref(), what) }

// query is the address of a part of the ticket with one more word in its query.
func (s *sheet) query(what, word string) string {
	if s.suffix == "" {
		return s.at(what) + "?" + word
	}
	return s.at(what) + "&" + word
}

// queue is the address of the list that one came from.
func (s *sheet) queue() string {
	return "/work" + s.suffix
}

func (s *sheet) of(ref, what string) string {
	path := "/work/tickets/" + ref
	if what != "" {
		path += "/" + what
	}
	return path + s.suffix
}
