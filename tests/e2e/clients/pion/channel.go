// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bufio"
	"os"

	"github.com/pion/webrtc/v3"
)

// One that the server knows, and one that it doesn't. What comes on the first is told.
func openChannels(peer *webrtc.PeerConnection) *webrtc.DataChannel {
	var known *webrtc.DataChannel

	addTrack(peer, webrtc.MimeTypeOpus, "voice")
	for _, label := range []string{"other", "tutti"} {
		name := label
		channel, err := peer.CreateDataChannel(name, nil)
		check(err)
		channel.OnClose(func() { tell(map[string]interface{}{"channel": name, "is": "closed"}) })
		known = channel
	}
	known.OnMessage(func(message webrtc.DataChannelMessage) {
		tell(map[string]interface{}{"text": string(message.Data)})
	})
	return known
}

// Each line of standard input, until its end.
func say(channel *webrtc.DataChannel) {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		check(channel.SendText(lines.Text()))
	}
}
