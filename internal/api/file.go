// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/session"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

func (a *API) fileOperations() {
	register(a, operation{
		method: http.MethodPost, path: "/files", id: "upload-file", tag: "Files", status: http.StatusCreated, action: access.TicketOpen, carries: true,
		summary: "Upload a file",
		about:   "Up to 25 MiB, as multipart/form-data with one file in it, or as application/octet-stream with ?name=. Its type is found out from its content. The token binds it to a message within a day.",
	}, a.upload)
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
	// Described by hand: the body is a stream, which huma would read into memory.
	a.huma.OpenAPI().Paths["/files"].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		multipartType: {Schema: &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"file": binary}, Required: []string{"file"}}},
		streamType:    {Schema: binary},
	}}
	register(a, operation{
		method: http.MethodGet, path: "/tickets/{number}/files/{token}", id: "download-file", tag: "Files", action: access.TicketRead, carries: true,
		summary: "Download a file of a ticket",
		about:   "Always as an attachment. Requesters reach the files of public messages only.",
	}, a.download)
	a.huma.OpenAPI().Paths["/tickets/{number}/files/{token}"].Get.Responses["200"].Content = map[string]*huma.MediaType{streamType: {Schema: binary}}
}

const (
	multipartType = "multipart/form-data"
	streamType    = "application/octet-stream"
	maxParts      = 10       // of a form, the file included
	maxForm       = 64 << 10 // bytes of a form beside the file
)

// fileJSON is an uploaded file.
type fileJSON struct {
	Token  string `json:"token" doc:"Names the file"`
	Name   string `json:"name" doc:"As the sender called it; for display only"`
	Type   string `json:"type" doc:"What its content says"`
	Size   int64  `json:"size" doc:"Bytes"`
	SHA256 string `json:"sha256"`
}

func toFileJSON(f ticket.Attachment) fileJSON {
	return fileJSON{Token: f.Token, Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.SHA256}
}

// uploadIn is a file on its way in. It is read while it is stored and never whole in memory.
type uploadIn struct {
	Name string `query:"name" maxLength:"400" doc:"The file's name, for application/octet-stream"`

	open func() (ticket.File, error)
}

// Resolve gets hold of the body, for huma.
func (in *uploadIn) Resolve(ctx huma.Context) []error {
	req, w := humago.Unwrap(ctx)
	in.open = func() (ticket.File, error) { return fileOf(w, req, in.Name) }
	return nil
}

// fileOf finds the file in a request.
func fileOf(w http.ResponseWriter, req *http.Request, name string) (ticket.File, error) {
	req.Body = http.MaxBytesReader(w, req.Body, ticket.MaxFile+maxForm)
	kind, params, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == streamType:
		return ticket.File{Name: name, Data: req.Body}, nil
	case err != nil || kind != multipartType || params["boundary"] == "":
		return ticket.File{}, refused(http.StatusUnsupportedMediaType, "api.upload_type")
	}
	form := multipart.NewReader(req.Body, params["boundary"])
	for range maxParts {
		part, err := form.NextRawPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return ticket.File{}, refused(http.StatusBadRequest, "api.upload_broken")
		}
		if part.FileName() != "" {
			return ticket.File{Name: part.FileName(), Data: part}, nil
		}
	}
	return ticket.File{}, errs.Field("file", "api.upload_none")
}

type uploadOut struct{ Body fileJSON }

func (a *API) upload(ctx context.Context, r reader, in *uploadIn) (*uploadOut, error) {
	f, err := in.open()
	if err == nil {
		err = a.count(ctx, r, session.Uploading)
	}
	if err != nil {
		return nil, err
	}
	source := &broken{r: f.Data}
	f.Data = source
	stored, err := a.Tickets.Stage(ctx, r.by, f)
	if source.err != nil && errs.KindOf(err) == errs.Internal {
		if large := (*http.MaxBytesError)(nil); errors.As(source.err, &large) {
			return nil, errs.New(errs.TooLarge, "ticket.file_large", "Max", ticket.MaxFile>>20, "Name", ticket.FileName(f.Name))
		}
		return nil, refused(http.StatusBadRequest, "api.upload_broken")
	}
	if err != nil {
		return nil, err
	}
	return &uploadOut{Body: toFileJSON(stored)}, nil
}

// broken remembers that the sender's side failed, so that it is not taken for a fault of ours.
type broken struct {
	r   io.Reader
	err error
}

// Read reads on and notes a failure.
func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

type downloadIn struct {
	Numbered
	Token string `path:"token" maxLength:"26" doc:"The file's token"`
}

type downloadOut struct {
	Body func(huma.Context)
}

func (a *API) download(ctx context.Context, r reader, in *downloadIn) (*downloadOut, error) {
	t, err := a.read(ctx, r, in.Numbered)
	if err != nil {
		return nil, err
	}
	f, body, err := a.Tickets.Attachment(ctx, r.by, t.ID, in.Token)
	if err != nil {
		return nil, err
	}
	return &downloadOut{Body: func(c huma.Context) {
		defer func() { _ = body.Close() }()
		c.SetHeader("Content-Type", f.Type)
		c.SetHeader("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
		c.SetHeader("Content-Length", strconv.FormatInt(f.Size, 10))
		c.SetStatus(http.StatusOK)
		if _, err := io.Copy(c.BodyWriter(), body); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "api download broken off", "error", err)
		}
	}}, nil
}
