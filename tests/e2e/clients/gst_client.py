#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""webrtcbin as a client: a tone and a flat colour go up, what comes down is decoded.

Usage: gst_client.py HERTZ ARGB [gather]. JSON lines. Out: {"offer"}, {"candidate", "index"}, {"pcm"} (16-bit
mono at 48 kHz, base64), {"picture", "width", "height"} (RGB, base64). In: {"answer"}, {"candidate", "index"}. gather:
it only sends, and offers when it has all its candidates, as whipsink does.
"""
import base64
import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PIPELINE = """
webrtcbin name=rtc bundle-policy=max-bundle latency=60
audiotestsrc is-live=true wave=sine freq={hertz} volume=0.3 ! audio/x-raw,rate=48000,channels=1 ! opusenc
  ! rtpopuspay pt=111 ! application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! rtc.
videotestsrc is-live=true pattern=solid-color foreground-color={colour}
  ! video/x-raw,width=320,height=180,framerate=30/1 ! vp8enc deadline=1 cpu-used=8 target-bitrate=300000
  ! rtpvp8pay pt=96 picture-id-mode=15-bit ! application/x-rtp,media=video,encoding-name=VP8,payload=96 ! rtc.
"""
SOUND = "audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! appsink name=sink emit-signals=true sync=false"
PICTURE = "videoconvert ! videoscale ! video/x-raw,format=RGB,width=160,height=90 ! appsink name=sink emit-signals=true sync=false"
# Enough to see a colour soon.
PICTURE_PERIOD_US = 250000


def tell(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Client:
    def __init__(self, hertz, colour, gather):
        self.gather = gather
        self.pipeline = Gst.parse_launch(PIPELINE.format(hertz=hertz, colour=colour))
        self.rtc = self.pipeline.get_by_name("rtc")
        self.rtc.connect("on-negotiation-needed", self.on_negotiation_needed)
        if gather:
            self.rtc.connect("notify::ice-gathering-state", self.on_gathering)
        else:
            self.rtc.connect("on-ice-candidate", lambda _, index, candidate: tell(candidate=candidate, index=index))
        self.rtc.connect("pad-added", self.on_pad_added)
        self.reply = None
        self.told_at_us = 0

    def start(self):
        self.pipeline.set_state(Gst.State.PLAYING)

    def on_negotiation_needed(self, _):
        for index in range(2 if self.gather else 0):
            self.rtc.emit("get-transceiver", index).set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.rtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        # Held for as long as the description is used: the reply owns it.
        self.reply = promise.get_reply()
        offer = self.reply.get_value("offer")
        self.rtc.emit("set-local-description", offer, Gst.Promise.new())
        if not self.gather:
            tell(offer=offer.sdp.as_text())

    def on_gathering(self, *_):
        if self.rtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            tell(offer=self.rtc.get_property("local-description").sdp.as_text())

    def take(self, message):
        if "answer" in message:
            _, sdp = GstSdp.SDPMessage.new_from_text(message["answer"])
            answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
            self.rtc.emit("set-remote-description", answer, Gst.Promise.new())
        elif message.get("candidate"):
            self.rtc.emit("add-ice-candidate", message["index"], message["candidate"])

    def on_pad_added(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        decoder = Gst.ElementFactory.make("decodebin")
        decoder.connect("pad-added", self.on_decoded)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def on_decoded(self, _, pad):
        video = pad.get_current_caps().get_structure(0).get_name().startswith("video")
        sink = Gst.parse_bin_from_description(PICTURE if video else SOUND, True)
        sink.get_by_name("sink").connect("new-sample", self.on_picture if video else self.on_sound)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    @staticmethod
    def pull(sink):
        sample = sink.emit("pull-sample")
        data = sample.get_buffer().extract_dup(0, sample.get_buffer().get_size())
        return sample, base64.b64encode(data).decode()

    def on_sound(self, sink):
        tell(pcm=self.pull(sink)[1])
        return Gst.FlowReturn.OK

    def on_picture(self, sink):
        sample, data = self.pull(sink)
        now_us = GLib.get_monotonic_time()
        if now_us - self.told_at_us < PICTURE_PERIOD_US:
            return Gst.FlowReturn.OK
        self.told_at_us = now_us
        caps = sample.get_caps().get_structure(0)
        tell(picture=data, width=caps.get_value("width"), height=caps.get_value("height"))
        return Gst.FlowReturn.OK


def main():
    Gst.init(None)
    loop = GLib.MainLoop()
    client = Client(sys.argv[1], sys.argv[2], "gather" in sys.argv[3:])

    def on_line(channel, condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return False
        client.take(json.loads(line))
        return True

    channel = GLib.IOChannel.unix_new(sys.stdin.fileno())
    GLib.io_add_watch(channel, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, on_line)
    client.start()
    loop.run()
    client.pipeline.set_state(Gst.State.NULL)


main()
