package localspaces

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
)

// s3Namespace is the XML namespace of every document S3 answers with.
const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// unknownElement takes the place of every element a document's struct does not
// name: decoding one is an error. The structs hold it as
//
//	Unknown *unknownElement `xml:",any"`
//
// S3 checks its documents against a schema and refuses such elements; Ceph
// ignores them (measured, 16.2.15), which would hide a client's misspelling.
type unknownElement struct{}

func (*unknownElement) UnmarshalXML(_ *xml.Decoder, start xml.StartElement) error {
	return fmt.Errorf("unknown element %s", start.Name.Local)
}

// decodeDocument reads an XML document with the named root element into v. The
// namespace is not looked at: clients send S3's, its older spelling
// (http://doc.s3.amazonaws.com/2006-03-01, in DigitalOcean's logging example)
// or none.
func decodeDocument(root string, document []byte, v any) error {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	for {
		token, err := decoder.Token()
		if err != nil {
			return malformedXML("The document is not a %s: %v.", root, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local != root {
			return malformedXML("The document's root element is %s, not %s.", start.Name.Local, root)
		}
		if err := decoder.DecodeElement(v, &start); err != nil {
			return malformedXML("The %s is not well formed: %v.", root, err)
		}
		return onlySpaceLeft(decoder, root)
	}
}

func onlySpaceLeft(decoder *xml.Decoder, root string) error {
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		text, isText := token.(xml.CharData)
		_, isComment := token.(xml.Comment)
		if err != nil || !isComment && (!isText || len(bytes.TrimSpace(text)) > 0) {
			return malformedXML("Something follows the end of the %s.", root)
		}
	}
}

// encodeDocument writes v as the root element of an answer.
func encodeDocument(root string, v any) []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	start := xml.StartElement{Name: xml.Name{Space: s3Namespace, Local: root}}
	if err := xml.NewEncoder(&b).EncodeElement(v, start); err != nil {
		panic(err) // the documents hold nothing but text and numbers
	}
	return b.Bytes()
}
