-- DropIndex
DROP INDEX "embeddings_embedding_type_reference_id_embedding_model_key";

-- AlterTable
ALTER TABLE "clips" ADD COLUMN     "contact_sheet_path" TEXT,
ADD COLUMN     "cut_start_ms" INTEGER,
ADD COLUMN     "method" VARCHAR(10) NOT NULL DEFAULT 'reencode',
ADD COLUMN     "method_reason" TEXT,
ADD COLUMN     "mode" VARCHAR(10) NOT NULL DEFAULT 'reencode';

-- AlterTable
ALTER TABLE "concepts" ADD COLUMN     "reference" VARCHAR(100),
ADD COLUMN     "relation" VARCHAR(20);

-- AlterTable
ALTER TABLE "embeddings" ADD COLUMN     "origin" VARCHAR(10) NOT NULL DEFAULT 'pipeline',
ADD COLUMN     "precision" VARCHAR(4) NOT NULL DEFAULT 'fp32';

-- AlterTable
ALTER TABLE "frames" ADD COLUMN     "picture_hash" VARCHAR(32);

-- AlterTable
ALTER TABLE "keyword_hits" ADD COLUMN     "method" VARCHAR(10) NOT NULL DEFAULT 'lexical';

-- CreateTable
CREATE TABLE "transcript_chunks" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "cue_ids" INTEGER[],

    CONSTRAINT "transcript_chunks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "speech_windows" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "model" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "segments" JSONB NOT NULL,

    CONSTRAINT "speech_windows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lexicon_terms" (
    "keyword" VARCHAR(100) NOT NULL,
    "key" VARCHAR(100) NOT NULL,
    "term" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lexicon_terms_pkey" PRIMARY KEY ("keyword")
);

-- CreateTable
CREATE TABLE "posted_segments" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "embedding_type" VARCHAR(50) NOT NULL,
    "reference_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "posted_segments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "index_builds" (
    "id" SERIAL NOT NULL,
    "generation" INTEGER NOT NULL,
    "model" VARCHAR(100) NOT NULL,
    "dimension" INTEGER NOT NULL,
    "status" VARCHAR(16) NOT NULL,
    "started_by" TEXT,
    "report" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "index_builds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "search_queries" (
    "id" SERIAL NOT NULL,
    "embedding_type" VARCHAR(50) NOT NULL,
    "text" VARCHAR(500) NOT NULL,
    "times" INTEGER NOT NULL DEFAULT 1,
    "last_asked_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "search_queries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "transcript_chunks_media_item_id_index_key" ON "transcript_chunks"("media_item_id", "index");

-- CreateIndex
CREATE UNIQUE INDEX "speech_windows_media_item_id_model_index_key" ON "speech_windows"("media_item_id", "model", "index");

-- CreateIndex
CREATE UNIQUE INDEX "lexicon_terms_key_key" ON "lexicon_terms"("key");

-- CreateIndex
CREATE UNIQUE INDEX "posted_segments_media_item_id_embedding_type_reference_id_key" ON "posted_segments"("media_item_id", "embedding_type", "reference_id");

-- CreateIndex
CREATE UNIQUE INDEX "index_builds_generation_key" ON "index_builds"("generation");

-- CreateIndex
CREATE UNIQUE INDEX "index_builds_started_by_key" ON "index_builds"("started_by");

-- CreateIndex
CREATE INDEX "search_queries_last_asked_at_idx" ON "search_queries"("last_asked_at");

-- CreateIndex
CREATE UNIQUE INDEX "search_queries_embedding_type_text_key" ON "search_queries"("embedding_type", "text");

-- CreateIndex
CREATE UNIQUE INDEX "embeddings_media_item_id_embedding_type_origin_reference_id_key" ON "embeddings"("media_item_id", "embedding_type", "origin", "reference_id", "embedding_model");

-- AddForeignKey
ALTER TABLE "transcript_chunks" ADD CONSTRAINT "transcript_chunks_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "speech_windows" ADD CONSTRAINT "speech_windows_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "posted_segments" ADD CONSTRAINT "posted_segments_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Transcript vectors stood for cues, and stand for chunks from here on: their ids mean something else. The next run makes them anew.
DELETE FROM "embeddings" WHERE "embedding_type" = 'transcript';
UPDATE "media_items" SET "searchable_at" = NULL;
