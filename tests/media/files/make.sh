#!/usr/bin/env bash
# Makes the sounds and films of this folder again with ffmpeg: ./make.sh (the files are committed, so tests need no ffmpeg).
set -euo pipefail
cd "$(dirname "$0")"
old='{"Label":"3","ContentProducer":"old"}'
picture=(-f lavfi -i "testsrc=size=32x32:rate=5:duration=0.6")
tone=(-f lavfi -i "sine=frequency=440:sample_rate=8000:duration=0.4")
run() { ffmpeg -hide_banner -loglevel error -y "$@"; }
plain=(-fflags +bitexact -flags:v +bitexact -flags:a +bitexact -metadata "title=标题")
video=(-c:v mpeg4 -q:v 20)
run "${picture[@]}" "${tone[@]}" "${plain[@]}" "${video[@]}" -c:a aac -b:a 8k behind.mp4
run "${picture[@]}" "${tone[@]}" "${plain[@]}" "${video[@]}" -c:a aac -b:a 8k -movflags +faststart front.mp4
run "${picture[@]}" "${plain[@]}" "${video[@]}" -g 1 -movflags +frag_keyframe+empty_moov fragments.mp4
run "${picture[@]}" "${plain[@]}" "${video[@]}" -g 1 -movflags +frag_keyframe+empty_moov+default_base_moof+dash -global_sidx 1 indexed.mp4 2> /dev/null ||
  run "${picture[@]}" "${plain[@]}" "${video[@]}" -g 1 -movflags +frag_keyframe+empty_moov+default_base_moof+dash indexed.mp4
run "${picture[@]}" "${plain[@]}" "${video[@]}" -metadata "AIGC=$old" -movflags +use_metadata_tags labelled.mp4
run "${picture[@]}" "${plain[@]}" "${video[@]}" -metadata "AIGC=$old" -movflags +use_metadata_tags labelled.mov
run "${picture[@]}" "${tone[@]}" "${plain[@]}" "${video[@]}" -c:a pcm_s16le plain.mov
run "${tone[@]}" "${plain[@]}" -c:a aac -b:a 8k -movflags +faststart plain.m4a
run "${picture[@]}" "${tone[@]}" "${plain[@]}" "${video[@]}" -c:a libmp3lame -b:a 8k plain.mkv
run "${picture[@]}" "${plain[@]}" "${video[@]}" -metadata "AIGC=$old" labelled.mkv
run "${picture[@]}" "${plain[@]}" "${video[@]}" -cues_to_front 1 cues-in-front.mkv
run "${picture[@]}" "${plain[@]}" -c:v libvpx -b:v 20k plain.webm
run "${picture[@]}" "${plain[@]}" -c:v libvpx -b:v 20k -live 1 live.webm
run "${picture[@]}" "${tone[@]}" "${plain[@]}" -c:v flv -q:v 20 -c:a pcm_s16le -ar 11025 plain.flv
run "${picture[@]}" "${plain[@]}" -c:v flv -q:v 20 -g 1 -flvflags +add_keyframe_index -metadata "AIGC=$old" labelled.flv
run "${picture[@]}" "${tone[@]}" "${plain[@]}" "${video[@]}" -c:a libmp3lame -b:a 8k plain.avi
run "${tone[@]}" "${plain[@]}" plain.wav
run "${tone[@]}" "${plain[@]}" -rf64 always large.wav
run "${tone[@]}" "${plain[@]}" -c:a pcm_s16le -f wav - | cat > streamed.wav
run "${tone[@]}" "${plain[@]}" -c:a libmp3lame -b:a 8k -id3v2_version 3 -write_id3v1 1 plain.mp3
run "${tone[@]}" -fflags +bitexact -c:a libmp3lame -b:a 8k -id3v2_version 0 -map_metadata -1 untagged.mp3
run "${tone[@]}" "${plain[@]}" -c:a libmp3lame -b:a 8k -id3v2_version 4 -metadata "AIGC=$old" labelled.mp3
run "${tone[@]}" "${plain[@]}" plain.flac
run "${tone[@]}" "${plain[@]}" -metadata "AIGC=$old" labelled.flac
run "${tone[@]}" "${plain[@]}" -c:a libvorbis plain.ogg
run "${tone[@]}" "${plain[@]}" -c:a libopus -b:a 8k -metadata "AIGC=$old" labelled.opus
run "${tone[@]}" "${plain[@]}" -c:a flac plain.oga
run "${picture[@]}" "${tone[@]}" "${plain[@]}" -c:v libtheora -q:v 1 -c:a libvorbis plain.ogv
# the still picture of HEVC is Guiju's own: run in the repository's root
(cd ../../.. && .venv/bin/python -c "
from guiju.labeling.explicit.picture import heic
from tests.media.samples import picture
heic.save(picture(), {}, open('tests/media/files/plain.heic', 'wb'))")
