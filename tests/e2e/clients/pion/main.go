// SPDX-License-Identifier: LGPL-2.1-or-later

// Pion as a client of WHIP and WHEP, with the habits of programs that can't be run here.
//
//	pion whip obs|ffmpeg URL SOUND.ogg PICTURES.ivf    sends both files, again and again
//	pion whep - URL SOUND.ogg PICTURES.ivf             writes what it gets into the files
//	pion channel - URL - -                             data channels, and a microphone that is off
//
// JSON lines on standard output; ends at the end of standard input, with DELETE.
package main

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/pion/dtls/v2"
	"github.com/pion/webrtc/v3"
)

// OBS waits no longer for an answer.
const answerWait = 8 * time.Second

// FFmpeg reads the answer into a buffer of this size.
const ffmpegAnswerMax = 8 * 1024

var client = &http.Client{
	Timeout:   answerWait,
	Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
	// WHIP knows 307 and 308 alone; here nothing moves.
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func tell(message map[string]interface{}) {
	line, _ := json.Marshal(message)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		tell(map[string]interface{}{"error": err.Error()})
		os.Exit(1)
	}
}

// Candidates of loopback, too: there may be no other way to the server.
func newPeer(habits string) *webrtc.PeerConnection {
	engine := webrtc.SettingEngine{}
	engine.SetIncludeLoopbackCandidate(true)
	if habits == "ffmpeg" {
		engine.SetSRTPProtectionProfiles(dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	}
	media := &webrtc.MediaEngine{}
	check(media.RegisterDefaultCodecs())
	peer, err := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(engine)).
		NewPeerConnection(webrtc.Configuration{})
	check(err)
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		tell(map[string]interface{}{"state": state.String()})
	})
	return peer
}

func without(sdp string, unwanted func(line string) bool) string {
	kept := []string{}
	for _, line := range strings.Split(sdp, "\r\n") {
		if !unwanted(line) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n")
}

// OBS gathers nothing before it offers, and has nothing to say later.
func asOffered(sdp, habits string) string {
	if habits != "obs" {
		return sdp
	}
	return without(sdp, func(line string) bool {
		return strings.HasPrefix(line, "a=candidate:") || line == "a=end-of-candidates"
	})
}

// FFmpeg takes the first candidate of a host by UDP and no other.
func asRead(sdp, habits string) string {
	seen := false
	if habits != "ffmpeg" {
		return sdp
	}
	return without(sdp, func(line string) bool {
		if !strings.HasPrefix(line, "a=candidate:") {
			return false
		}
		fields := strings.Fields(line)
		wanted := !seen && len(fields) > 7 && strings.EqualFold(fields[2], "udp") && fields[7] == "host"
		seen = seen || wanted
		return !wanted
	})
}

// Offers, takes the answer; gives the session's address.
func open(peer *webrtc.PeerConnection, url, habits string) string {
	gathered := webrtc.GatheringCompletePromise(peer)
	offer, err := peer.CreateOffer(nil)
	check(err)
	check(peer.SetLocalDescription(offer))
	<-gathered
	body := asOffered(peer.LocalDescription().SDP, habits)
	response, err := client.Post(url, "application/sdp", bytes.NewBufferString(body))
	check(err)
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	check(err)
	location := response.Header.Get("Location")
	tell(map[string]interface{}{"status": response.StatusCode, "location": location,
		"answer": string(answer), "fits": len(answer) <= ffmpegAnswerMax})
	check(peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer,
		SDP: asRead(string(answer), habits)}))
	// A relative one is the path at the same host, as OBS and FFmpeg join it.
	if strings.HasPrefix(location, "/") {
		parts := strings.SplitN(url, "/", 4)
		location = strings.Join(parts[:3], "/") + location
	}
	return location
}

func end(peer *webrtc.PeerConnection, session string) {
	request, err := http.NewRequest(http.MethodDelete, session, nil)
	check(err)
	response, err := client.Do(request)
	check(err)
	tell(map[string]interface{}{"ended": response.StatusCode})
	_ = peer.Close()
}

func main() {
	if len(os.Args) != 6 {
		fmt.Fprintln(os.Stderr, "usage: pion whip|whep|channel HABITS URL SOUND.ogg PICTURES.ivf")
		os.Exit(64)
	}
	kind, habits, url := os.Args[1], os.Args[2], os.Args[3]
	peer := newPeer(habits)
	if kind == "channel" {
		channel := openChannels(peer)
		session := open(peer, url, habits)
		say(channel)
		end(peer, session)
		return
	}
	if kind == "whip" {
		send(peer, os.Args[4], os.Args[5])
	} else {
		receive(peer, os.Args[4], os.Args[5])
	}
	session := open(peer, url, habits)
	_, _ = io.Copy(io.Discard, os.Stdin)
	end(peer, session)
}
