/** What is read of each transcript that others made, and what is mended or refused. */
import { expect, test } from 'vitest';
import { fromRoot } from '../../deploy/local/setup/paths.mjs';
import { transcriptRows } from '../../deploy/local/transcripts-table.ts';

const noTime = (line: number) =>
  `line ${line}: “Caption text #2” has no time; ${line === 5 ? 'put after' : 'added to'} the cue before it`;

/** format, cues, repairs or the reason of the refusal. */
const EXPECTED: Record<string, [string, number, string]> = {
  'messy/mantas_utf16.srt': ['srt', 1, ''],
  'messy/mantas_vtt_with_html.vtt': ['vtt', 1, ''],
  'messy/mantas_vtt_with_missing_text.vtt': ['vtt', 2, 'line 6: left out: no text'],
  'messy/mantas_vtt_with_multiple_new_lines.vtt': [
    'vtt',
    2,
    'line 6: “one” has no time; added to the cue before it; line 8: “two” has no time; added to the cue before it; and 1 more kinds',
  ],
  'messy/mantas_vtt_with_name.vtt': ['vtt', 1, ''],
  'messy/mantas_vtt_with_styles.vtt': ['vtt', 1, ''],
  'messy/mantas_vtt_without_hours_in_timestamp.vtt': ['vtt', 1, ''],
  'messy/webvttpy_captions_with_bom.vtt': ['vtt', 4, ''],
  'messy/webvttpy_comments.vtt': ['vtt', 3, ''],
  'messy/webvttpy_cue_tags.vtt': ['vtt', 3, ''],
  'messy/webvttpy_empty.vtt': ['', 0, 'webvttpy_empty.vtt, line 1: the file is empty; expected at least one cue.'],
  'messy/webvttpy_invalid.vtt': ['vtt', 7, 'line 1: no WEBVTT header; read all the same'],
  'messy/webvttpy_invalid_timeframe.srt': ['srt', 5, ''],
  'messy/webvttpy_invalid_timeframe.vtt': [
    'vtt',
    7,
    'line 6: end time missing or unreadable; reckoned from the text and the next cue',
  ],
  'messy/webvttpy_invalid_timeframe_in_cue_text.vtt': ['vtt', 3, 'line 6: left out: no text'],
  'messy/webvttpy_metadata_headers_multiline.vtt': ['vtt', 2, ''],
  'messy/webvttpy_missing_caption_text.srt': ['srt', 4, 'line 6: left out: no text'],
  'messy/webvttpy_missing_caption_text.vtt': ['vtt', 4, 'line 6: left out: no text'],
  'messy/webvttpy_missing_timeframe.srt': ['srt', 5, noTime(5)],
  'messy/webvttpy_missing_timeframe.vtt': ['vtt', 6, noTime(6)],
  'messy/webvttpy_no_captions.vtt': [
    '',
    0,
    'webvttpy_no_captions.vtt, line 1: a header and no cue after it; expected a line like 00:00:01.000 --> 00:00:04.000 and text below it.',
  ],
  'messy/webvttpy_styles.vtt': ['vtt', 1, ''],
  'messy/webvttpy_using_identifiers.vtt': ['vtt', 6, ''],
  'messy/webvttpy_youtube_dl.vtt': ['vtt', 3, '2 lines repeated from the cue before were dropped (rolling captions)'],
  'messy/ytapi_transcript.xml': ['timedtext', 3, 'line 5: left out: no text'],
  'mit_ocw/mit18s096_L01_intro_terms.srt': ['srt', 988, ''],
  'mit_ocw/mit18s096_L01_intro_terms.vtt': ['vtt', 988, ''],
  'mit_ocw/mit18s096_L01_intro_terms.words.json': ['whisper-json', 768, ''],
};

test('every fixture is read, mended or refused as the table says', async () => {
  const rows = await transcriptRows(fromRoot('tests/fixtures/transcripts'));
  const outcomes = rows.map(({ file, format, cues, repairs }) => [file, [format, cues, repairs]]);
  expect(Object.fromEntries(outcomes)).toEqual(EXPECTED);
  for (const { format, verdict, clipping } of rows) {
    expect(verdict).toBe(format === '' ? 'refused' : 'good');
    expect(clipping).toBe(format === '' ? '' : 'yes');
  }
});
