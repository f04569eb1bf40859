/** Rows about media as the API shows them. */
import type { z } from 'zod';
import type { Clip, Concept, Frame, KeywordHit, TranscriptCue } from '../../clients/database/generated/client.ts';
import type {
  clipSchema,
  conceptAnswerSchema,
  frameSchema,
  hitSchema,
  mediaSchema,
  transcriptAnswerSchema,
} from '../../contracts/http/media.ts';
import { clipUrl } from '../links.ts';
import type { FoundMedia } from '../media/find.ts';

/** Milliseconds as seconds, exact to the millisecond. */
export const seconds = (ms: number): number => ms / 1_000;
export const span = ({ startMs, endMs }: { startMs: number; endMs: number }) => ({
  start_time: seconds(startMs),
  end_time: seconds(endMs),
  start_ms: startMs,
  end_ms: endMs,
});
type Owner = { id: number; videoId: string };

export const showMedia = (item: FoundMedia): z.infer<typeof mediaSchema> => ({
  id: item.id,
  video_id: item.videoId,
  title: item.title,
  kind: item.kind,
  path: item.path,
  store: item.store,
  content_hash: item.contentHash,
  size_bytes: Number(item.sizeBytes),
  duration: item.durationMs === null ? null : seconds(item.durationMs),
  duration_ms: item.durationMs,
  searchable_at: item.searchableAt?.toISOString() ?? null,
  created_at: item.createdAt.toISOString(),
  counts: {
    cues: item._count.cues,
    hits: item._count.hits,
    clips: item._count.clips,
    concepts: item._count.concepts,
    frames: item._count.frames,
    vectors: item._count.embeddings,
  },
});

export const showHit = (owner: Owner, hit: KeywordHit): z.infer<typeof hitSchema> => ({
  id: hit.id,
  media_item_id: owner.id,
  video_id: owner.videoId,
  keyword: hit.keyword,
  category: hit.category,
  variant: hit.variant,
  ...span(hit),
  confidence: hit.confidence,
  method: hit.method === 'semantic' ? 'semantic' : 'lexical',
  context_text: hit.contextText,
  cue_ids: hit.cueIds,
  clip_id: hit.clipId,
  clip_url: clipUrl(hit.clipId),
});

export const showClip = (
  owner: Owner,
  clip: Clip & { hits: Array<{ keyword: string }> },
): z.infer<typeof clipSchema> => ({
  id: clip.id,
  media_item_id: owner.id,
  video_id: owner.videoId,
  ...span(clip),
  duration: seconds(clip.durationMs),
  size_bytes: Number(clip.sizeBytes),
  text: clip.text,
  keywords: [...new Set(clip.hits.map(({ keyword }) => keyword))],
  clip_url: `/clip/${clip.id}/download`,
  thumbnail_url: clip.thumbnailPath === null ? null : `/clip/${clip.id}/thumbnail`,
  contact_sheet_url: clip.contactSheetPath === null ? null : `/clip/${clip.id}/contact-sheet`,
  subtitles_url: `/clip/${clip.id}/subtitles`,
  method: clip.method,
  method_reason: clip.methodReason,
  cut_start_time: seconds(clip.cutStartMs ?? clip.startMs),
});

export const showCue = (cue: TranscriptCue): z.infer<typeof transcriptAnswerSchema>['items'][number] => ({
  id: cue.id,
  index: cue.index,
  text: cue.text,
  ...span(cue),
});

export const showConcept = (concept: Concept): z.infer<typeof conceptAnswerSchema> => ({
  id: concept.id,
  term: concept.term,
  category: concept.category,
  parameter: concept.parameter || null,
  value: concept.value,
  relation: concept.relation,
  reference: concept.reference,
  quote: concept.quote,
  ...span(concept),
  clip_id: concept.clipId,
  clip_url: clipUrl(concept.clipId),
});

export const showFrame = (frame: Frame): z.infer<typeof frameSchema> => ({
  id: frame.id,
  timestamp: seconds(frame.atMs),
  timestamp_ms: frame.atMs,
  text: frame.text,
  ocr_confidence: frame.ocrConfidence,
  clip_id: frame.clipId,
  image_url: `/frame/${frame.id}/image`,
});
