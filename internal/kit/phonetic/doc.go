// SPDX-License-Identifier: Apache-2.0

// Package phonetic makes the keys under which a name is found while one types how it sounds:
// 王海燕 by "wanghaiyan", "haiyan", "why" and "hy". It is pure; the dictionary of readings is
// that of go-pinyin, which stands here and nowhere else.
package phonetic
