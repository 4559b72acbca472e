// SPDX-License-Identifier: Apache-2.0

// Package catalog owns what tickets are about: the tree of categories (N21) and the
// register of services, core or not (N22); and what each category asks, by versions that never
// change.
//
// Neither is ever deleted: a retired entry stays readable on old tickets and can no longer be chosen.
package catalog
