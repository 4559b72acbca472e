// SPDX-License-Identifier: Apache-2.0

package netguard_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/netguard"
)

// testdata returns a folder of the shared test data, or skips where it is absent.
func testdata(t *testing.T, name string) string {
	t.Helper()
	root := os.Getenv("LOOPDESK_TESTDATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared", "data")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("no test data in %s; set LOOPDESK_TESTDATA", dir)
	}
	return dir
}

func TestS80_TheSharedCorpusIsDecidedAsStated(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join(testdata(t, "ssrf"), "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	cases := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var c struct{ ID, URL, Verdict string }
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases++
		err := netguard.Allowed(c.URL)
		if (err == nil) != (c.Verdict == "allow") {
			t.Errorf("%s: %s is to be %sed, got %v", c.ID, c.URL, c.Verdict, err)
		}
	}
	if cases < 70 {
		t.Errorf("only %d cases were read", cases)
	}
}

func TestS80_AddressesInEveryWritingAreJudgedAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	refused := []string{
		// This machine, in the writings of four families of resolvers.
		"http://127.0.0.1/", "http://127.0.0.1.", "http://127.1/", "http://127.0.0.1:8080", "http://2130706433/",
		"http://017700000001/", "http://0x7f.1/", "http://0x7F000001/", "http://127.0x0.0.1", "http://0/", "http://0.0.0.0",
		"http://00000177.0.0.1", "http://127.0.0.1.:80", "http://0x/", "http://1.1.1.0x", "http://1.1.1.1.1",
		"http://localhost", "http://LOCALHOST/", "http://localhost.", "http://a.localhost:3000", "http://ip6-localhost",
		"http://[::]/", "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
		"http://[::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/",
		"http://[2001:0:7f00:1::1]/", "http://[fe80::1%25eth0]/", "http://[fe80::1]/", "http://[fec0::1]/",
		// The company network, the provider's network, the cloud's own services.
		"http://10.0.0.1", "http://10.255.255.255", "http://172.16.0.1", "http://172.31.255.255", "http://192.168.1.1",
		"http://100.64.0.1", "http://100.100.100.200", "http://100.127.255.255", "http://169.254.169.254", "http://168.63.129.16",
		"http://[fd00:ec2::254]/", "http://[fc00::1]/", "http://[::ffff:10.0.0.1]/", "http://[::ffff:a00:1]/",
		"http://metadata.google.internal", "http://metadata.google.internal./", "http://METADATA.google.internal/", "http://metadata/",
		"http://router", "http://printer.local", "http://wiki.corp", "http://nas.lan", "http://gw.home.arpa", "http://x.internal",
		// Reserved, documentation, multicast, broadcast.
		"http://192.0.2.1", "http://198.51.100.1", "http://203.0.113.1", "http://198.18.0.1", "http://224.0.0.1", "http://255.255.255.255",
		"http://240.0.0.1", "http://192.0.0.192", "http://[ff02::1]/", "http://[2001:db8::1]/", "http://[3fff::1]/", "http://[100::1]/",
		// Digits and dots of other scripts, which a resolver may fold into ours.
		"http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/", "http://１２７.0.0.1/", "http://ⓛocalhost/", "http://exämple.com/",
		// User info, which a second parser may take for the host.
		"http://example.com@127.0.0.1/", "http://127.0.0.1@example.com/", "http://user:pw@example.com/", "http://@example.com/",
		`http://example.com\@127.0.0.1/`, "http://127.0.0.1#@example.com/", "http://127.0.0.1?@example.com/", "http://127.0.0.1%23@example.com",
		// Other schemes and no scheme.
		"file:///etc/passwd", "gopher://example.com/", "ftp://example.com/", "dict://example.com:11211/", "ldap://example.com/", "unix:///run/x.sock",
		"javascript:alert(1)", "data:text/html,x", "//example.com/", "example.com", "http:example.com", "http:///x", "https://", "", " http://example.com/",
		"http://exa mple.com/", "http://exa\nmple.com/", "http://example.com:99999999999999999999/x\x00", "http://[::1", "jar:http://example.com!/",
	}
	for _, u := range refused {
		if err := netguard.Allowed(u); !errors.Is(err, netguard.ErrRefused) {
			t.Errorf("%q is allowed (%v)", u, err)
		}
	}
	allowed := []string{
		"https://example.com/hook?x=1#y", "http://example.com:8443/", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
		"https://xn--fiqs8s.example/", "https://a_b.example.com/", "https://1password.com/", "https://163.com/", "https://8.8.8.8/",
		"https://[2606:4700:4700::1111]/", "https://0x.example.com/", "https://172.15.0.1/", "https://172.32.0.1/", "https://example.com./",
	}
	for _, u := range allowed {
		if err := netguard.Allowed(u); err != nil {
			t.Errorf("%q is refused: %v", u, err)
		}
	}
}

func TestS80_TheAdministratorOpensPrefixesAndNothingElse(t *testing.T) {
	t.Parallel()
	o := netguard.Options{Allow: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}
	cases := map[string]bool{
		"http://10.20.1.1/":               true,
		"http://[::ffff:10.20.1.1]/":      true,
		"http://jenkins/":                 true, // the dialer judges where it leads
		"http://jenkins.corp/":            true,
		"http://10.21.1.1/":               false,
		"http://127.0.0.1/":               false,
		"http://localhost/":               false,
		"http://169.254.169.254/":         false,
		"http://metadata.google.internal": false,
	}
	for u, want := range cases {
		if err := o.Check(u); (err == nil) != want {
			t.Errorf("%s: allowed = %v, want %v (%v)", u, err == nil, want, err)
		}
	}
}

func FuzzAllowed(f *testing.F) {
	for _, s := range []string{"http://127.1/", "http://[::ffff:7f00:1]/", "https://example.com/", "http://0x7f000001", "http://a@b/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if netguard.Allowed(raw) != nil {
			return
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatalf("%q is allowed and no URL", raw)
		}
		host := u.Hostname()
		a, err := netip.ParseAddr(host)
		switch {
		case err != nil && (!strings.Contains(host, ".") || strings.Contains(host, "%")):
			t.Errorf("%q is allowed with the host %q", raw, host)
		case err == nil && (!a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.Zone() != ""):
			t.Errorf("%q is allowed with the address %s", raw, a)
		}
	})
}
