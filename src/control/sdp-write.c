/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sdp-write.c: the way out of SDP text. Written as browsers write it: every m-line of the bundle
 * repeats the transport's ICE and DTLS values (aiortc and GStreamer look there), the candidates
 * stand in the first.
 */
#include "sdp-write.h"
#include "sdp-names.h"
#include "sdp-simulcast.h"

/* A round of ours is 20 ms; 10 ms frames are understood too (RFC 7587 section 6.1). */
#define OPUS_MIN_PTIME_MS 10

/* RFC 9143 section 7.3: the mids that are served. */
static void
write_group (const TuttiSession *session, GString *sdp)
{
    g_autoptr (GString) mids = g_string_new (NULL);

    for (guint i = 0; i < session->n_media; i++)
        if (!session->media[i].rejected && session->media[i].mid[0])
            g_string_append_printf (mids, " %s", session->media[i].mid);
    if (mids->len)
        g_string_append_printf (sdp, "a=group:BUNDLE%s\r\n", mids->str);
}

static void
write_header (const TuttiSession *session, GString *sdp)
{
    /* RFC 8829 section 5.2.1 for o=, s= and t=. */
    g_string_append_printf (sdp, "v=0\r\no=- %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, session->id,
                            session->version);
    g_string_append (sdp, " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n");
    write_group (session, sdp);
    g_string_append_printf (sdp, "a=msid-semantic: WMS %s\r\n",
                            session->stream[0] ? session->stream : "*");
    if (session->lite)
        g_string_append (sdp, "a=ice-lite\r\n");
}

static void
write_media_line (const TuttiMedia *media, GString *sdp)
{
    g_string_append_printf (sdp, "m=%s %d ", tutti_sdp_kind_name (media->kind),
                            media->rejected ? 0 : 9); /* 9: discard, RFC 8840 section 4.1.1 */
    if (media->kind == TUTTI_KIND_APPLICATION && media->sctp_legacy) {
        g_string_append_printf (sdp, "DTLS/SCTP %u\r\n", media->sctp_port);
    } else if (media->kind == TUTTI_KIND_APPLICATION) {
        g_string_append (sdp, "UDP/DTLS/SCTP webrtc-datachannel\r\n");
    } else {
        g_string_append (sdp, "UDP/TLS/RTP/SAVPF");
        for (guint i = 0; i < media->n_formats; i++) {
            const TuttiFormat *format = &media->formats[i];

            if (format->red_payload_type && format->red_first)
                g_string_append_printf (sdp, " %d", format->red_payload_type);
            g_string_append_printf (sdp, " %d", format->payload_type);
            if (format->rtx_payload_type)
                g_string_append_printf (sdp, " %d", format->rtx_payload_type);
            if (format->red_payload_type && !format->red_first)
                g_string_append_printf (sdp, " %d", format->red_payload_type);
        }
        /* The grammar wants a format even when there is none (RFC 8866 section 9). */
        g_string_append (sdp, media->n_formats ? "\r\n" : " 0\r\n");
    }
    g_string_append (sdp, "c=IN IP4 0.0.0.0\r\n");
}

static void
write_candidates (const TuttiSession *session, GString *sdp)
{
    for (guint i = 0; i < session->candidates->len; i++)
        g_string_append_printf (sdp, "a=%s\r\n", (char *)session->candidates->pdata[i]);
    if (session->end_of_candidates)
        g_string_append (sdp, "a=end-of-candidates\r\n");
}

static void
write_transport (const TuttiSession *session, GString *sdp)
{
    g_string_append_printf (sdp, "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", session->ufrag,
                            session->pwd);
    if (session->trickle)
        g_string_append (sdp, "a=ice-options:trickle\r\n");
    g_string_append_printf (sdp, "a=fingerprint:%s ", session->hash);
    for (guint i = 0; i < session->digest_bytes; i++)
        g_string_append_printf (sdp, "%s%02X", i ? ":" : "", session->digest[i]);
    g_string_append_printf (sdp, "\r\na=setup:%s\r\n", tutti_sdp_setup_name (session->setup));
}

static void
write_opus (const TuttiFormat *format, GString *sdp)
{
    g_string_append_printf (sdp, "a=fmtp:%d minptime=%d;useinbandfec=%d", format->payload_type,
                            OPUS_MIN_PTIME_MS, format->fec);
    if (format->stereo)
        g_string_append (sdp, ";stereo=1;sprop-stereo=1");
    if (format->dtx)
        g_string_append (sdp, ";usedtx=1");
    if (format->max_bitrate_bps)
        g_string_append_printf (sdp, ";maxaveragebitrate=%u", format->max_bitrate_bps);
    g_string_append (sdp, "\r\n");
}

static void
write_h264 (const TuttiFormat *format, GString *sdp)
{
    g_string_append_printf (sdp, "a=fmtp:%d level-asymmetry-allowed=1;packetization-mode=%d",
                            format->payload_type, format->packetization_mode);
    if (format->profile_level_id)
        g_string_append_printf (sdp, ";profile-level-id=%06x", format->profile_level_id);
    g_string_append (sdp, "\r\n");
}

static void
write_format (const TuttiFormat *format, GString *sdp)
{
    const TuttiSdpCodec *codec = tutti_sdp_codec (format->codec);

    if (!codec)
        return;
    g_string_append_printf (sdp, "a=rtpmap:%d %s/%u", format->payload_type, codec->name,
                            codec->clock_hz);
    g_string_append (sdp, codec->channels == 2 ? "/2\r\n" : "\r\n");
    for (guint bit = TUTTI_FEEDBACK_NACK; bit <= TUTTI_FEEDBACK_TRANSPORT_CC; bit <<= 1)
        if (format->feedback & bit)
            g_string_append_printf (sdp, "a=rtcp-fb:%d %s\r\n", format->payload_type,
                                    tutti_sdp_feedback_name ((TuttiFeedback)bit));
    if (format->codec == TUTTI_CODEC_OPUS)
        write_opus (format, sdp);
    if (format->codec == TUTTI_CODEC_H264)
        write_h264 (format, sdp);
    if (format->rtx_payload_type)
        g_string_append_printf (sdp, "a=rtpmap:%d rtx/%u\r\na=fmtp:%d apt=%d\r\n",
                                format->rtx_payload_type, codec->clock_hz, format->rtx_payload_type,
                                format->payload_type);
    if (format->red_payload_type)
        g_string_append_printf (sdp, "a=rtpmap:%d red/%u/%u\r\na=fmtp:%d %d/%d\r\n",
                                format->red_payload_type, codec->clock_hz, codec->channels,
                                format->red_payload_type, format->payload_type,
                                format->payload_type);
}

/* RFC 8829 section 5.2.1: msid, and for older peers the SSRCs (RFC 5576). */
static void
write_source (const TuttiSession *session, const TuttiMedia *media, GString *sdp)
{
    if (!(media->direction & TUTTI_DIRECTION_SEND))
        return;
    if (session->stream[0])
        g_string_append_printf (sdp, "a=msid:%s %s-%s\r\n", session->stream, session->stream,
                                media->mid);
    if (media->ssrc && media->rtx_ssrc)
        g_string_append_printf (sdp, "a=ssrc-group:FID %u %u\r\n", media->ssrc, media->rtx_ssrc);
    if (media->ssrc)
        g_string_append_printf (sdp, "a=ssrc:%u cname:%s\r\n", media->ssrc, session->cname);
    if (media->rtx_ssrc)
        g_string_append_printf (sdp, "a=ssrc:%u cname:%s\r\n", media->rtx_ssrc, session->cname);
}

static void
write_rtp (const TuttiSession *session, const TuttiMedia *media, GString *sdp)
{
    for (guint i = 0; i < TUTTI_N_EXTENSIONS; i++)
        if (media->extension[i])
            g_string_append_printf (sdp, "a=extmap:%d %s\r\n", media->extension[i],
                                    tutti_sdp_extension_uri ((TuttiExtension)i));
    g_string_append_printf (sdp, "a=%s\r\n", tutti_sdp_direction_name (media->direction));
    g_string_append (sdp, "a=rtcp-mux\r\na=rtcp-rsize\r\n");
    for (guint i = 0; i < media->n_formats; i++)
        write_format (&media->formats[i], sdp);
    write_source (session, media, sdp);
    tutti_sdp_simulcast_write (media, sdp);
}

static void
write_application (const TuttiMedia *media, GString *sdp)
{
    if (media->sctp_legacy) /* draft-ietf-mmusic-sctp-sdp-05; streams as SCTP will say */
        g_string_append_printf (sdp, "a=sctpmap:%u webrtc-datachannel 64\r\n", media->sctp_port);
    else
        g_string_append_printf (sdp, "a=sctp-port:%u\r\n", media->sctp_port);
    g_string_append_printf (sdp, "a=max-message-size:%u\r\n", media->max_message_bytes);
}

char *
tutti_sdp_write (const TuttiSession *session)
{
    GString *sdp = g_string_new (NULL);
    gboolean first = TRUE;

    write_header (session, sdp);
    for (guint i = 0; i < session->n_media; i++) {
        const TuttiMedia *media = &session->media[i];

        write_media_line (media, sdp);
        if (media->mid[0])
            g_string_append_printf (sdp, "a=mid:%s\r\n", media->mid);
        if (media->rejected) {
            g_string_append (sdp, "a=inactive\r\n");
            continue;
        }
        if (first)
            write_candidates (session, sdp);
        first = FALSE;
        write_transport (session, sdp);
        if (media->kind == TUTTI_KIND_APPLICATION)
            write_application (media, sdp);
        else
            write_rtp (session, media, sdp);
    }
    return g_string_free (sdp, FALSE);
}
