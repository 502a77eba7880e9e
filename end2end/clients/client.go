// Activates with net/http: once with a body of known length, once with a reader of unknown length, which is sent in chunks.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
)

func main() {
	url := os.Args[1]
	body, _ := json.Marshal(map[string]string{"activationCode": os.Args[2], "fingerprint": os.Args[3]})
	first, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil || first.StatusCode != 200 {
		panic(fmt.Sprint(err, first))
	}
	io.Copy(io.Discard, first.Body)
	first.Body.Close()
	second, err := http.Post(url, "application/json", io.MultiReader(bytes.NewReader(body)))
	if err != nil {
		panic(err)
	}
	var token string
	if err := json.NewDecoder(second.Body).Decode(&token); err != nil {
		panic(err)
	}
	fmt.Println(second.StatusCode, token)
}
