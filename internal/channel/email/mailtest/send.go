// SPDX-License-Identifier: Apache-2.0

package mailtest

import (
	"strings"

	"github.com/emersion/go-smtp"
)

// Send hands a message to the server at an address, as another mail server does.
func Send(addr, from string, to []string, raw string) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.SendMail(from, to, strings.NewReader(raw)); err != nil {
		return err
	}
	_ = c.Quit() // it is taken; how we part changes nothing
	return nil
}
