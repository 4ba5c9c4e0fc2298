module tutti/pion

go 1.18

require github.com/pion/webrtc/v3 v3.1.56
