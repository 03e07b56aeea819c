package function

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// TransmitSettings is what to type into Transmit.
func TransmitSettings() function.Function {
	return clientFunction{
		"transmit_settings", "What to type into Transmit 4 and 5",
		"Returns the settings of a connection of [Transmit](https://panic.com/transmit/) to Spaces, as text, a line for each field: first for Transmit 5, then for Transmit 4, whose fields have other names. " +
			"Transmit reads no file with them, so they are typed or pasted. With a `bucket` the connection opens there, which a key limited to one bucket needs, because it may not list buckets." + secretStays,
		clientNeeds, clientTakes, transmitText,
	}.made()
}

func transmitText(c client) (string, error) {
	host, port, err := c.tls("transmit_settings")
	if err != nil {
		return "", err
	}
	path := "/" + c.bucket
	var text strings.Builder
	section := func(title string, fields ...[2]string) {
		fmt.Fprintf(&text, "%s\n\n", title)
		for _, field := range fields {
			fmt.Fprintf(&text, "%s: %s\n", field[0], field[1])
		}
	}
	section(
		"Transmit 5 (Servers, +)",
		[2]string{"Protocol", "Amazon S3"}, [2]string{"Address", host}, [2]string{"Port", port},
		[2]string{"Access Key ID", c.accessKey}, [2]string{"Secret", c.secretKey}, [2]string{"Remote Path", path},
	)
	text.WriteString("\n")
	if port != "443" {
		host += ":" + port // there is no field for it
	}
	section(
		"Transmit 4 (tab S3)",
		[2]string{"Server", host},
		[2]string{"Access Key ID", c.accessKey}, [2]string{"Secret", c.secretKey}, [2]string{"Initial Path", path},
	)
	text.WriteString("\nWhere Transmit asks for the location of a new bucket, leave the default: the address says which region it is.\n")
	return text.String(), nil
}
