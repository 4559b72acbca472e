// SPDX-License-Identifier: Apache-2.0

// Package sheet writes tables for spreadsheet programs, as CSV and as XLSX.
//
// A cell is a text, a whole number or a share. No text becomes a formula, whatever it begins
// with and whoever wrote it (S71, ASVS 1.2.10): in CSV an apostrophe stands before those that
// could, in XLSX every text is a text cell.
package sheet
