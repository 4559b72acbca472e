// SPDX-License-Identifier: Apache-2.0

package device

// Changed records a new or changed device as it now is.
type Changed struct {
	Device Device
	Fields []string // that changed; empty for a new one
}

// EventName is "device.changed".
func (Changed) EventName() string { return "device.changed" }

// EventSubject is the device.
func (e Changed) EventSubject() int64 { return int64(e.Device.ID) }

// PlaceChanged records a new or changed place as it now is.
type PlaceChanged struct{ Place Place }

// EventName is "device.place_changed".
func (PlaceChanged) EventName() string { return "device.place_changed" }

// EventSubject is the place.
func (e PlaceChanged) EventSubject() int64 { return int64(e.Place.ID) }

// Imported records that a file of devices was applied, and what it came to.
type Imported struct {
	Import  ImportID
	Name    string
	New     int
	Changed int
	Same    int
	Left    int // lines that were wrong and left out
}

// EventName is "device.imported".
func (Imported) EventName() string { return "device.imported" }

// EventSubject is the file.
func (e Imported) EventSubject() int64 { return int64(e.Import) }
