// SPDX-License-Identifier: Apache-2.0

package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Env looks up a variable of the environment. It is a parameter so that a test has its own.
type Env func(name string) (string, bool)

// sources gives the command line the values that were not written on it: from the
// environment first, then from the file. It is kong's resolver.
type sources struct {
	env  Env
	file map[string]string
}

// Validate has nothing to check: readFile has looked at every key.
func (s sources) Validate(*kong.Application) error { return nil }

// Resolve returns the value of a key, nil where neither source has it.
func (s sources) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	i := slices.IndexFunc(keys(), func(k key) bool { return k.Name == flag.Name })
	if i < 0 {
		return nil, nil //nolint:nilnil // a flag of one command is no key of the configuration
	}
	if v, ok := s.env(keys()[i].Env); ok {
		return v, nil
	}
	if v, ok := s.file[flag.Name]; ok {
		return v, nil
	}
	return nil, nil //nolint:nilnil // kong's way to say "not here"
}

// readFile reads a configuration file. A key that does not exist is refused by name, because
// a mistyped one would be silently without effect.
func readFile(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := toml.Unmarshal(text, &raw); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "app.file_unreadable", "File", path, "Why", err.Error())
	}
	out := map[string]string{}
	for name, v := range raw {
		if !slices.ContainsFunc(keys(), func(k key) bool { return k.Name == name }) {
			return nil, errs.New(errs.Invalid, "app.file_key", "File", path, "Key", name)
		}
		switch v := v.(type) {
		case []any:
			parts := make([]string, len(v))
			for i := range v {
				parts[i] = fmt.Sprint(v[i])
			}
			out[name] = strings.Join(parts, ",")
		case map[string]any:
			return nil, errs.New(errs.Invalid, "app.file_key", "File", path, "Key", name)
		default:
			out[name] = fmt.Sprint(v)
		}
	}
	return out, nil
}

// configuration finds the file to read: the one named, which must exist, or loopdesk.toml in
// the data folder, which need not.
func configuration(c Config) (map[string]string, error) {
	if c.Config != "" {
		values, err := readFile(c.Config)
		if errs.As(err) == nil && err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "app.file_missing", "File", c.Config)
		}
		return values, err
	}
	values, err := readFile(filepath.Join(c.Data, configFile))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) { // opening the folder says what is wrong with it
		return nil, nil
	}
	return values, err
}
