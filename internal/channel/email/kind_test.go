// SPDX-License-Identifier: Apache-2.0

package email_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/loopdesk/loopdesk/internal/channel/email"
)

// claims are types that a sender may state: each with what people add to get past a list.
func claims() []string {
	var out []string
	for _, kind := range []string{
		"image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "text/html", "text/xml", "text/plain", "text/javascript", "application/xhtml+xml", "application/xml",
		"application/javascript", "application/pdf", "application/octet-stream", "application/x-shockwave-flash", "multipart/related", "video/mp4", "application/ms-tnef", "font/woff2", "text/css",
		"image/svg", "image/x-icon", "application/x-msdownload", "application/zip", "x/x",
	} {
		for _, tail := range []string{"", "; x", ";charset=utf-7", "\t; name=a.png", " ; ;", ";\r\n\ttype=text/html", ", text/html", "\x00", "%0d%0a", "; charset=\"utf-8", "//", "+xml"} {
			out = append(out, kind+tail)
		}
	}
	return out
}

// polyglots are files that are two things at once, or look like one.
func polyglots() [][]byte {
	var out [][]byte
	for _, head := range []string{"", "GIF89a\x01\x00\x01\x00", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "%PDF-1.4\n", "RIFF\x00\x00\x00\x00WEBP", "PK\x03\x04", "<?xml version=\"1.0\"?>", "\ufeff", "MZ"} {
		for _, tail := range []string{
			"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "<html><script>alert(1)</script>", "/*<script>*/alert(1)//", "<?php phpinfo();", "\x00\x00<!doctype html><body onload=alert(1)>", "#!/bin/sh\n",
		} {
			out = append(out, []byte(head+tail))
		}
	}
	return out
}

// TestS65_WhatASenderClaimsIsHeardByNobody: 300 claims for each of 60 files. The bytes come in as
// they are, and nothing of the claim reaches the room that decides what a file is; what it decides
// is TestA49_S65_TheTypeIsWhatOurOwnSniffingSays.
func TestS65_WhatASenderClaimsIsHeardByNobody(t *testing.T) {
	t.Parallel()
	kinds, files := claims(), polyglots()
	if len(kinds) < 300 || len(files) < 60 {
		t.Fatalf("%d claims, %d files", len(kinds), len(files))
	}
	seen := 0
	for _, data := range files {
		body := base64.StdEncoding.EncodeToString(data)
		for _, kind := range kinds {
			raw := fmt.Sprintf("From: a@evil.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nwords\r\n--b\r\n"+
				"Content-Type: %s\r\nContent-Disposition: attachment; filename=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n--b--\r\n", kind, body)
			m, err := email.Parser{}.Parse([]byte(raw))
			if err != nil {
				t.Fatalf("%q: %v", kind, err)
			}
			for _, f := range m.Files {
				if f.Name == "a.bin" && bytes.Equal(f.Data, data) {
					seen++
				}
			}
		}
	}
	// A multipart and a message by claim are opened, so that their bytes are not those of a file.
	if least := len(files) * len(kinds) * 9 / 10; seen < least {
		t.Errorf("%d of %d files came in as they are", seen, len(files)*len(kinds))
	}
}
