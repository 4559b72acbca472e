// SPDX-License-Identifier: Apache-2.0

package app

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Config is everything that must be known before the database opens; what an
// administrator changes while the desk runs is a setting (desk/setting) and not here.
//
// This struct is the manual: each field is a key, written --key on the command line,
// LOOPDESK_KEY in the environment and key = … in the file, in this order of precedence.
// Its sentence is the message app.key_…, its default the tag. `loopdesk config` prints all
// of it with the values in force.
type Config struct {
	Data           string   `placeholder:"DIR" default:"data"`
	Config         string   `placeholder:"FILE"`
	HTTP           string   `name:"http" placeholder:"ADDR" default:"127.0.0.1:8080"`
	SMTP           string   `name:"smtp" placeholder:"ADDR" default:"127.0.0.1:2525"`
	LMTP           string   `name:"lmtp" placeholder:"ADDR|unix:/PATH"`
	URL            string   `name:"url" placeholder:"URL"`
	Database       string   `placeholder:"URL" secret:"url"`
	Turn           string   `placeholder:"ADDR"`
	TurnPublic     string   `placeholder:"HOST[:PORT]"`
	TurnRealm      string   `placeholder:"NAME"`
	Metrics        string   `placeholder:"ADDR" default:"127.0.0.1:8081"`
	TLSCert        string   `name:"tls-cert" placeholder:"FILE"`
	TLSKey         string   `name:"tls-key" placeholder:"FILE"`
	SecureCookies  string   `placeholder:"auto|yes|no" enum:"auto,yes,no" default:"auto"`
	TrustedProxies []string `placeholder:"CIDR,…"`
	APIPerMinute   int      `name:"api-per-minute" placeholder:"NUMBER" default:"600"`
	LogLevel       string   `placeholder:"debug|info|warn|error" enum:"debug,info,warn,error" default:"info"`
	LogFormat      string   `placeholder:"text|json" enum:"text,json" default:"text"`
	Development    bool     `placeholder:"true|false" default:"false"`
}

// key is one line of the manual.
type key struct {
	Name    string // "tls-cert"
	Env     string // "LOOPDESK_TLS_CERT"
	Message string // "app.key_tls_cert", the sentence that says what it is for
	Hint    string // what a value looks like
	Default string
	Secret  bool // may hold a password, which is never shown
}

// keys lists every key of Config in order.
func keys() []key {
	t := reflect.TypeFor[Config]()
	out := make([]key, 0, t.NumField())
	for f := range t.Fields() {
		name := f.Tag.Get("name")
		if name == "" {
			name = kebab(f.Name)
		}
		under := strings.ReplaceAll(name, "-", "_")
		out = append(out, key{
			Name: name, Env: envPrefix + strings.ToUpper(under), Message: "app.key_" + under,
			Hint: f.Tag.Get("placeholder"), Default: f.Tag.Get("default"), Secret: f.Tag.Get("secret") != "",
		})
	}
	return out
}

// unixPrefix stands before the path of a socket, in the place of an address.
const unixPrefix = "unix:"

// envPrefix stands before every variable of the environment that is ours.
const envPrefix = "LOOPDESK_"

// kebab writes a field's name as the command line does: SecureCookies is secure-cookies.
func kebab(s string) string {
	var b strings.Builder
	for i, r := range s {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}

// value returns the value of a key as the file would hold it, with any password left out.
func (c Config) value(k key) any {
	v := reflect.ValueOf(c)
	for i, known := range keys() {
		if known.Name != k.Name {
			continue
		}
		if k.Secret {
			return hidePassword(v.Field(i).String())
		}
		return v.Field(i).Interface()
	}
	return nil
}

// hidePassword replaces the password of a URL; what is no URL is replaced altogether.
func hidePassword(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" {
		return "…"
	}
	if u.User != nil {
		if _, has := u.User.Password(); has {
			u.User = url.UserPassword(u.User.Username(), "xxxxx")
		}
	}
	q := u.Query()
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Set(name, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Check returns Invalid with every key out of range; the names are those of the keys.
func (c Config) Check() error {
	var bad []errs.FieldError
	add := func(name, message string) { bad = append(bad, errs.FieldError{Name: name, Key: message}) }
	if strings.TrimSpace(c.Data) == "" {
		add("data", "app.need_data")
	}
	for name, addr := range map[string]string{"http": c.HTTP, "smtp": c.SMTP, "metrics": c.Metrics} {
		if _, _, err := net.SplitHostPort(addr); err != nil && (addr != "" || name == "http") {
			add(name, "app.bad_address")
		}
	}
	if _, _, err := net.SplitHostPort(c.Turn); err != nil && c.Turn != "" {
		add("turn", "app.bad_address")
	}
	if !relayName(c.TurnPublic) {
		add("turn-public", "app.bad_relay")
	}
	if path, socket := strings.CutPrefix(c.LMTP, unixPrefix); socket {
		if !filepath.IsAbs(path) {
			add("lmtp", "app.bad_socket")
		}
	} else if _, _, err := net.SplitHostPort(c.LMTP); err != nil && c.LMTP != "" {
		add("lmtp", "app.bad_address")
	}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			add("url", "app.bad_url")
		}
	}
	if c.Database != "" && !strings.HasPrefix(c.Database, "sqlite:///") && !c.postgres() {
		add("database", "app.bad_database")
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		add("tls-key", "app.tls_pair")
	}
	for _, p := range c.TrustedProxies {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				add("trusted-proxies", "app.bad_prefix")
			}
		}
	}
	return errs.Invalidf(bad...)
}

// postgres reports whether the database is a PostgreSQL server rather than a file of ours.
func (c Config) postgres() bool {
	return strings.HasPrefix(c.Database, "postgres://") || strings.HasPrefix(c.Database, "postgresql://")
}

// databaseURL is the database in force: the one given, else the file in the data folder.
func (c Config) databaseURL() string {
	if c.Database != "" {
		return c.Database
	}
	return (&url.URL{Scheme: "sqlite", Path: filepath.ToSlash(c.file(databaseFile))}).String()
}

// Names of what lies in the data folder.
const (
	databaseFile = "loopdesk.db"
	filesFolder  = "files"
	keyFile      = "master.key"
	configFile   = "loopdesk.toml"
)

// file returns the absolute path of something in the data folder.
func (c Config) file(name string) string {
	path, err := filepath.Abs(filepath.Join(c.Data, name))
	if err != nil {
		return filepath.Join(c.Data, name)
	}
	return path
}

// publicURL is the address that stands in mails and links, without a slash at its end. Where
// none is given it is that of the listener, and this machine's own name for it.
func (c Config) publicURL(listener string) string {
	if c.URL != "" {
		return strings.TrimRight(c.URL, "/")
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(listener)
	if err != nil {
		return scheme + "://localhost"
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && (ip.IsUnspecified() || ip.IsLoopback())) {
		host = "localhost"
	}
	if (scheme == "http" && port == "80") || (scheme == "https" && port == "443") {
		return scheme + "://" + host
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// secure reports whether cookies are for encrypted connections only (ASVS 3.3.1).
func (c Config) secure() bool {
	switch c.SecureCookies {
	case "yes":
		return true
	case "no":
		return false
	}
	return strings.HasPrefix(c.publicURL(c.HTTP), "https://")
}
