// SPDX-License-Identifier: Apache-2.0

// Package wordbook keeps the packs of wording rules as an administrator changed them, and hands
// out what checks by them.
//
// A pack is the house's own with the changes that are stored as a setting, one per pack and
// language; every save is a version of it, and going back to the house's own is a save with no
// changes. A checker is compiled once per version and shared.
package wordbook
