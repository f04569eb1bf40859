-- CreateTable
CREATE TABLE "media_items" (
    "id" SERIAL NOT NULL,
    "video_id" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "store" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "duration_ms" INTEGER,
    "probe" JSONB,
    "searchable_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "media_items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transcripts" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "format" TEXT NOT NULL,
    "language" TEXT,
    "origin" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "quality" JSONB NOT NULL,
    "repairs" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "transcripts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "transcript_cues" (
    "id" SERIAL NOT NULL,
    "transcript_id" INTEGER NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "index" INTEGER NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "words" JSONB,

    CONSTRAINT "transcript_cues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "keyword_hits" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "keyword" VARCHAR(100) NOT NULL,
    "category" VARCHAR(50) NOT NULL,
    "variant" VARCHAR(100) NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "confidence" DOUBLE PRECISION NOT NULL,
    "context_text" TEXT NOT NULL,
    "cue_ids" INTEGER[],
    "clip_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "keyword_hits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "clips" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "thumbnail_path" TEXT,
    "duration_ms" INTEGER NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "clips_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "concepts" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "clip_id" INTEGER,
    "term" VARCHAR(100) NOT NULL,
    "category" VARCHAR(50) NOT NULL,
    "parameter" VARCHAR(40) NOT NULL,
    "value" DOUBLE PRECISION,
    "quote" TEXT NOT NULL,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "cue_ids" INTEGER[],

    CONSTRAINT "concepts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "frames" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "clip_id" INTEGER,
    "at_ms" INTEGER NOT NULL,
    "path" TEXT NOT NULL,
    "text" TEXT,
    "ocr_confidence" DOUBLE PRECISION,

    CONSTRAINT "frames_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "embeddings" (
    "id" SERIAL NOT NULL,
    "media_item_id" INTEGER NOT NULL,
    "embedding_type" VARCHAR(50) NOT NULL,
    "reference_id" INTEGER NOT NULL,
    "embedding_model" VARCHAR(100) NOT NULL,
    "embedding_vector" BYTEA NOT NULL,
    "vector_dimension" INTEGER NOT NULL,
    "content_hash" TEXT NOT NULL,
    "point_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "embeddings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "strategies" (
    "id" SERIAL NOT NULL,
    "keyword" VARCHAR(100) NOT NULL,
    "title" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "rules" JSONB NOT NULL,
    "rules_version" INTEGER NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'draft',
    "backend" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "prompt_id" TEXT NOT NULL,
    "prompt_version" INTEGER NOT NULL,
    "input_hash" TEXT NOT NULL,
    "examples_used" INTEGER NOT NULL,
    "media_item_ids" INTEGER[],
    "note" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "strategies_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "strategy_citations" (
    "id" SERIAL NOT NULL,
    "strategy_id" INTEGER NOT NULL,
    "rule_id" TEXT NOT NULL,
    "cue_id" INTEGER NOT NULL,
    "clip_id" INTEGER,
    "start_ms" INTEGER NOT NULL,
    "end_ms" INTEGER NOT NULL,
    "quote" TEXT NOT NULL,

    CONSTRAINT "strategy_citations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "candles" (
    "product" VARCHAR(40) NOT NULL,
    "timeframe" VARCHAR(8) NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    "open" DOUBLE PRECISION NOT NULL,
    "high" DOUBLE PRECISION NOT NULL,
    "low" DOUBLE PRECISION NOT NULL,
    "close" DOUBLE PRECISION NOT NULL,
    "volume" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "candles_pkey" PRIMARY KEY ("product","timeframe","time")
);

-- CreateTable
CREATE TABLE "signals" (
    "id" SERIAL NOT NULL,
    "strategy_id" INTEGER,
    "session_id" VARCHAR(100) NOT NULL,
    "symbol" VARCHAR(40) NOT NULL,
    "timeframe" VARCHAR(8) NOT NULL,
    "type" VARCHAR(16) NOT NULL,
    "bar_time" TIMESTAMPTZ(3) NOT NULL,
    "entry_price" DOUBLE PRECISION NOT NULL,
    "stop_loss" DOUBLE PRECISION NOT NULL,
    "target_price" DOUBLE PRECISION NOT NULL,
    "risk_reward_ratio" DOUBLE PRECISION NOT NULL,
    "rule_id" VARCHAR(20) NOT NULL,
    "indicators" JSONB NOT NULL,
    "draft" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "signals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_enhancement_tasks" (
    "id" SERIAL NOT NULL,
    "signal_id" INTEGER NOT NULL,
    "status" VARCHAR(16) NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "llm_enhancement_tasks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_analysis_results" (
    "id" SERIAL NOT NULL,
    "task_id" INTEGER NOT NULL,
    "signal_id" INTEGER NOT NULL,
    "rating" INTEGER NOT NULL,
    "choppiness" VARCHAR(3) NOT NULL,
    "rating_reason" TEXT NOT NULL,
    "choppiness_reason" TEXT NOT NULL,
    "recommendations" TEXT NOT NULL,
    "llm_status" VARCHAR(20) NOT NULL,
    "parse_method" VARCHAR(20) NOT NULL,
    "backend" TEXT NOT NULL,
    "model_used" TEXT NOT NULL,
    "processing_time_ms" INTEGER NOT NULL,
    "processed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "llm_analysis_results_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "llm_calls" (
    "id" BIGSERIAL NOT NULL,
    "status" VARCHAR(20) NOT NULL DEFAULT 'reserved',
    "tokens" INTEGER NOT NULL,
    "task" VARCHAR(40) NOT NULL DEFAULT '',
    "backend" VARCHAR(40) NOT NULL DEFAULT '',
    "model" TEXT NOT NULL DEFAULT '',
    "prompt_id" TEXT NOT NULL DEFAULT '',
    "prompt_version" INTEGER NOT NULL DEFAULT 0,
    "prompt_hash" TEXT NOT NULL DEFAULT '',
    "prompt" TEXT NOT NULL DEFAULT '',
    "answer" TEXT,
    "prompt_tokens" INTEGER,
    "answer_tokens" INTEGER,
    "finish_reason" TEXT,
    "outcome" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER,
    "workflow_id" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "llm_calls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "id" SERIAL NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "workflow_type" VARCHAR(40) NOT NULL,
    "media_item_id" INTEGER,
    "keyword" TEXT,
    "status" VARCHAR(16) NOT NULL,
    "stage" TEXT,
    "input" JSONB NOT NULL,
    "input_hash" TEXT NOT NULL,
    "progress" JSONB,
    "result" JSONB,
    "failure" JSONB,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" SERIAL NOT NULL,
    "workflow_type" VARCHAR(40) NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "force" BOOLEAN NOT NULL DEFAULT false,
    "media_item_id" INTEGER,
    "keyword" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "run_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dispatched_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "key" VARCHAR(200) NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "exports" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "rows" INTEGER NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "media_items_video_id_key" ON "media_items"("video_id");

-- CreateIndex
CREATE UNIQUE INDEX "media_items_content_hash_key" ON "media_items"("content_hash");

-- CreateIndex
CREATE UNIQUE INDEX "transcripts_media_item_id_key" ON "transcripts"("media_item_id");

-- CreateIndex
CREATE INDEX "transcript_cues_media_item_id_start_ms_idx" ON "transcript_cues"("media_item_id", "start_ms");

-- CreateIndex
CREATE UNIQUE INDEX "transcript_cues_transcript_id_index_key" ON "transcript_cues"("transcript_id", "index");

-- CreateIndex
CREATE INDEX "keyword_hits_keyword_idx" ON "keyword_hits"("keyword");

-- CreateIndex
CREATE INDEX "keyword_hits_media_item_id_idx" ON "keyword_hits"("media_item_id");

-- CreateIndex
CREATE INDEX "keyword_hits_clip_id_idx" ON "keyword_hits"("clip_id");

-- CreateIndex
CREATE UNIQUE INDEX "keyword_hits_media_item_id_keyword_start_ms_key" ON "keyword_hits"("media_item_id", "keyword", "start_ms");

-- CreateIndex
CREATE UNIQUE INDEX "clips_media_item_id_start_ms_end_ms_key" ON "clips"("media_item_id", "start_ms", "end_ms");

-- CreateIndex
CREATE INDEX "concepts_term_idx" ON "concepts"("term");

-- CreateIndex
CREATE UNIQUE INDEX "concepts_media_item_id_term_parameter_start_ms_key" ON "concepts"("media_item_id", "term", "parameter", "start_ms");

-- CreateIndex
CREATE UNIQUE INDEX "frames_media_item_id_at_ms_key" ON "frames"("media_item_id", "at_ms");

-- CreateIndex
CREATE INDEX "embeddings_media_item_id_embedding_type_idx" ON "embeddings"("media_item_id", "embedding_type");

-- CreateIndex
CREATE UNIQUE INDEX "embeddings_embedding_type_reference_id_embedding_model_key" ON "embeddings"("embedding_type", "reference_id", "embedding_model");

-- CreateIndex
CREATE UNIQUE INDEX "strategies_input_hash_key" ON "strategies"("input_hash");

-- CreateIndex
CREATE INDEX "strategies_keyword_idx" ON "strategies"("keyword");

-- CreateIndex
CREATE INDEX "strategy_citations_cue_id_idx" ON "strategy_citations"("cue_id");

-- CreateIndex
CREATE UNIQUE INDEX "strategy_citations_strategy_id_rule_id_cue_id_quote_key" ON "strategy_citations"("strategy_id", "rule_id", "cue_id", "quote");

-- CreateIndex
CREATE INDEX "signals_symbol_timeframe_bar_time_idx" ON "signals"("symbol", "timeframe", "bar_time");

-- CreateIndex
CREATE INDEX "signals_created_at_idx" ON "signals"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "signals_strategy_id_symbol_timeframe_bar_time_key" ON "signals"("strategy_id", "symbol", "timeframe", "bar_time");

-- CreateIndex
CREATE UNIQUE INDEX "llm_enhancement_tasks_signal_id_key" ON "llm_enhancement_tasks"("signal_id");

-- CreateIndex
CREATE INDEX "idx_llm_tasks_status" ON "llm_enhancement_tasks"("status");

-- CreateIndex
CREATE INDEX "idx_llm_tasks_signal" ON "llm_enhancement_tasks"("signal_id");

-- CreateIndex
CREATE UNIQUE INDEX "llm_analysis_results_task_id_key" ON "llm_analysis_results"("task_id");

-- CreateIndex
CREATE INDEX "idx_llm_results_signal" ON "llm_analysis_results"("signal_id");

-- CreateIndex
CREATE INDEX "idx_llm_results_task" ON "llm_analysis_results"("task_id");

-- CreateIndex
CREATE INDEX "llm_calls_created_at_idx" ON "llm_calls"("created_at");

-- CreateIndex
CREATE INDEX "llm_calls_prompt_hash_idx" ON "llm_calls"("prompt_hash");

-- CreateIndex
CREATE INDEX "runs_workflow_type_status_started_at_idx" ON "runs"("workflow_type", "status", "started_at");

-- CreateIndex
CREATE INDEX "runs_media_item_id_idx" ON "runs"("media_item_id");

-- CreateIndex
CREATE UNIQUE INDEX "runs_workflow_id_run_id_key" ON "runs"("workflow_id", "run_id");

-- CreateIndex
CREATE INDEX "outbox_dispatched_at_id_idx" ON "outbox"("dispatched_at", "id");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "exports_scope_name_key" ON "exports"("scope", "name");

-- AddForeignKey
ALTER TABLE "transcripts" ADD CONSTRAINT "transcripts_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript_cues" ADD CONSTRAINT "transcript_cues_transcript_id_fkey" FOREIGN KEY ("transcript_id") REFERENCES "transcripts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "transcript_cues" ADD CONSTRAINT "transcript_cues_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "keyword_hits" ADD CONSTRAINT "keyword_hits_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "keyword_hits" ADD CONSTRAINT "keyword_hits_clip_id_fkey" FOREIGN KEY ("clip_id") REFERENCES "clips"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "clips" ADD CONSTRAINT "clips_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "concepts" ADD CONSTRAINT "concepts_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "concepts" ADD CONSTRAINT "concepts_clip_id_fkey" FOREIGN KEY ("clip_id") REFERENCES "clips"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frames" ADD CONSTRAINT "frames_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "frames" ADD CONSTRAINT "frames_clip_id_fkey" FOREIGN KEY ("clip_id") REFERENCES "clips"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "embeddings" ADD CONSTRAINT "embeddings_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategy_citations" ADD CONSTRAINT "strategy_citations_strategy_id_fkey" FOREIGN KEY ("strategy_id") REFERENCES "strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategy_citations" ADD CONSTRAINT "strategy_citations_cue_id_fkey" FOREIGN KEY ("cue_id") REFERENCES "transcript_cues"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "strategy_citations" ADD CONSTRAINT "strategy_citations_clip_id_fkey" FOREIGN KEY ("clip_id") REFERENCES "clips"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signals" ADD CONSTRAINT "signals_strategy_id_fkey" FOREIGN KEY ("strategy_id") REFERENCES "strategies"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_enhancement_tasks" ADD CONSTRAINT "llm_enhancement_tasks_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_analysis_results" ADD CONSTRAINT "llm_analysis_results_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "llm_enhancement_tasks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "llm_analysis_results" ADD CONSTRAINT "llm_analysis_results_signal_id_fkey" FOREIGN KEY ("signal_id") REFERENCES "signals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_media_item_id_fkey" FOREIGN KEY ("media_item_id") REFERENCES "media_items"("id") ON DELETE SET NULL ON UPDATE CASCADE;
