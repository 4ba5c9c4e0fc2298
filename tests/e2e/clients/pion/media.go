// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"os"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
	"github.com/pion/webrtc/v3/pkg/media/ivfreader"
	"github.com/pion/webrtc/v3/pkg/media/ivfwriter"
	"github.com/pion/webrtc/v3/pkg/media/oggreader"
	"github.com/pion/webrtc/v3/pkg/media/oggwriter"
)

const (
	opusRate   = 48000
	soundEach  = 20 * time.Millisecond
	reportEach = 250 * time.Millisecond
	// Asked for until the first picture is there.
	keyFrameEach = 500 * time.Millisecond
)

// --- Sending. Everything is in memory: the files are a few seconds long. ---

func readSound(path string) (pages [][]byte) {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	reader, _, err := oggreader.NewWith(file)
	check(err)
	for {
		page, header, err := reader.ParseNextPage()
		if err != nil {
			return pages
		}
		// The comments are no sound.
		if header.GranulePosition > 0 {
			pages = append(pages, page)
		}
	}
}

func readPictures(path string) (frames [][]byte, each time.Duration) {
	file, err := os.Open(path)
	check(err)
	defer file.Close()
	reader, header, err := ivfreader.NewWith(file)
	check(err)
	each = time.Duration(float64(time.Second) * float64(header.TimebaseNumerator) / float64(header.TimebaseDenominator))
	for {
		frame, _, err := reader.ParseNextFrame()
		if err != nil {
			return frames, each
		}
		frames = append(frames, frame)
	}
}

// Again from the start when all is sent. Wishes for key frames are read and forgotten, as by OBS: the file's come when
// they come.
func play(track *webrtc.TrackLocalStaticSample, pieces [][]byte, each time.Duration) {
	ticker := time.NewTicker(each)
	for i := 0; ; i++ {
		<-ticker.C
		if track.WriteSample(media.Sample{Data: pieces[i%len(pieces)], Duration: each}) != nil {
			return
		}
	}
}

func forget(sender *webrtc.RTPSender) {
	for {
		if _, _, err := sender.ReadRTCP(); err != nil {
			return
		}
	}
}

func addTrack(peer *webrtc.PeerConnection, mime, id string) *webrtc.TrackLocalStaticSample {
	track, err := webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: mime}, id, "pion")
	check(err)
	transceiver, err := peer.AddTransceiverFromTrack(track,
		webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	check(err)
	go forget(transceiver.Sender())
	return track
}

func send(peer *webrtc.PeerConnection, sound, pictures string) {
	voice := addTrack(peer, webrtc.MimeTypeOpus, "voice")
	camera := addTrack(peer, webrtc.MimeTypeVP8, "camera")
	pages := readSound(sound)
	frames, each := readPictures(pictures)

	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		tell(map[string]interface{}{"state": state.String()})
		if state == webrtc.PeerConnectionStateConnected {
			go play(voice, pages, soundEach)
			go play(camera, frames, each)
		}
	})
}

// --- Receiving. ---

func receive(peer *webrtc.PeerConnection, sound, pictures string) {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		_, err := peer.AddTransceiverFromKind(kind,
			webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
		check(err)
	}
	peer.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		if track.Kind() == webrtc.RTPCodecTypeAudio {
			writer, err := oggwriter.New(sound, opusRate, 2)
			check(err)
			keep(track, writer)
		} else {
			writer, err := ivfwriter.New(pictures)
			check(err)
			go wish(peer, track)
			keep(track, writer)
		}
	})
}

func wish(peer *webrtc.PeerConnection, track *webrtc.TrackRemote) {
	for range time.NewTicker(keyFrameEach).C {
		if peer.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: uint32(track.SSRC())}}) != nil {
			return
		}
	}
}

func keep(track *webrtc.TrackRemote, writer media.Writer) {
	packets, reported := 0, time.Now()

	for {
		packet, _, err := track.ReadRTP()
		if err != nil || writer.WriteRTP(packet) != nil {
			_ = writer.Close()
			return
		}
		packets++
		if time.Since(reported) > reportEach {
			reported = time.Now()
			tell(map[string]interface{}{"kind": track.Kind().String(), "codec": track.Codec().MimeType, "packets": packets})
		}
	}
}
