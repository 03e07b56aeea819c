package object

import (
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// unknownType is what HTTP calls bytes of which nothing is known.
const unknownType = "application/octet-stream"

// ContentType tells the type of a key or a path by its extension. It is ""
// where the extension says nothing.
//
// The table is fixed, because those that machines have differ: one plan would
// follow another when two people share a configuration.
func ContentType(name string) string {
	return typesByExtension[strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))]
}

// detectType tells the type of a body by its first bytes.
func detectType(head []byte) string {
	if len(head) == 0 {
		return unknownType
	}
	return mimetype.Detect(head).String()
}

const inUTF8 = "; charset=utf-8"

var typesByExtension = map[string]string{
	// Text. What browsers take for Latin-1 without a charset has one.
	"conf":     "text/plain" + inUTF8,
	"css":      "text/css" + inUTF8,
	"csv":      "text/csv" + inUTF8,
	"htm":      "text/html" + inUTF8,
	"html":     "text/html" + inUTF8,
	"ics":      "text/calendar" + inUTF8,
	"ini":      "text/plain" + inUTF8,
	"js":       "text/javascript" + inUTF8,
	"log":      "text/plain" + inUTF8,
	"markdown": "text/markdown" + inUTF8,
	"md":       "text/markdown" + inUTF8,
	"mjs":      "text/javascript" + inUTF8,
	"sh":       "text/x-shellscript" + inUTF8,
	"text":     "text/plain" + inUTF8,
	"tsv":      "text/tab-separated-values" + inUTF8,
	"txt":      "text/plain" + inUTF8,
	"vcf":      "text/vcard" + inUTF8,
	"vtt":      "text/vtt" + inUTF8,

	// Data. These are UTF-8 by definition, or say what they are themselves.
	"atom":        "application/atom+xml",
	"geojson":     "application/geo+json",
	"json":        "application/json",
	"jsonl":       "application/jsonl",
	"jsonld":      "application/ld+json",
	"map":         "application/json",
	"ndjson":      "application/x-ndjson",
	"parquet":     "application/vnd.apache.parquet",
	"pem":         "application/x-pem-file",
	"rss":         "application/rss+xml",
	"sqlite":      "application/vnd.sqlite3",
	"toml":        "application/toml",
	"wasm":        "application/wasm",
	"webmanifest": "application/manifest+json",
	"xhtml":       "application/xhtml+xml",
	"xml":         "application/xml",
	"xsd":         "application/xml",
	"xsl":         "application/xslt+xml",
	"xslt":        "application/xslt+xml",
	"yaml":        "application/yaml",
	"yml":         "application/yaml",

	// Images
	"apng": "image/apng",
	"avif": "image/avif",
	"bmp":  "image/bmp",
	"gif":  "image/gif",
	"heic": "image/heic",
	"heif": "image/heif",
	"ico":  "image/x-icon",
	"jpeg": "image/jpeg",
	"jpg":  "image/jpeg",
	"jxl":  "image/jxl",
	"png":  "image/png",
	"psd":  "image/vnd.adobe.photoshop",
	"svg":  "image/svg+xml",
	"svgz": "image/svg+xml",
	"tif":  "image/tiff",
	"tiff": "image/tiff",
	"webp": "image/webp",

	// Fonts
	"eot":   "application/vnd.ms-fontobject",
	"otf":   "font/otf",
	"ttf":   "font/ttf",
	"woff":  "font/woff",
	"woff2": "font/woff2",

	// Sound and film
	"aac":  "audio/aac",
	"avi":  "video/x-msvideo",
	"flac": "audio/flac",
	"m3u8": "application/vnd.apple.mpegurl",
	"m4a":  "audio/mp4",
	"m4s":  "video/iso.segment",
	"m4v":  "video/mp4",
	"mkv":  "video/matroska",
	"mov":  "video/quicktime",
	"mp3":  "audio/mpeg",
	"mp4":  "video/mp4",
	"mpeg": "video/mpeg",
	"mpg":  "video/mpeg",
	"oga":  "audio/ogg",
	"ogg":  "audio/ogg",
	"ogv":  "video/ogg",
	"opus": "audio/ogg",
	"wav":  "audio/wav",
	"weba": "audio/webm",
	"webm": "video/webm",

	// Documents
	"doc":  "application/msword",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"epub": "application/epub+zip",
	"odp":  "application/vnd.oasis.opendocument.presentation",
	"ods":  "application/vnd.oasis.opendocument.spreadsheet",
	"odt":  "application/vnd.oasis.opendocument.text",
	"pdf":  "application/pdf",
	"ppt":  "application/vnd.ms-powerpoint",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"rtf":  "application/rtf",
	"xls":  "application/vnd.ms-excel",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",

	// Archives, programs, and bytes
	"7z":   "application/x-7z-compressed",
	"apk":  "application/vnd.android.package-archive",
	"bin":  unknownType,
	"br":   "application/x-brotli",
	"bz2":  "application/x-bzip2",
	"deb":  "application/vnd.debian.binary-package",
	"dmg":  "application/x-apple-diskimage",
	"exe":  "application/vnd.microsoft.portable-executable",
	"gz":   "application/gzip",
	"iso":  "application/x-iso9660-image",
	"jar":  "application/java-archive",
	"msi":  "application/x-msi",
	"rar":  "application/vnd.rar",
	"rpm":  "application/x-rpm",
	"tar":  "application/x-tar",
	"tgz":  "application/gzip",
	"xz":   "application/x-xz",
	"zip":  "application/zip",
	"zst":  "application/zstd",
	"glb":  "model/gltf-binary",
	"gltf": "model/gltf+json",
	"stl":  "model/stl",
	"usdz": "model/vnd.usdz+zip",
}
