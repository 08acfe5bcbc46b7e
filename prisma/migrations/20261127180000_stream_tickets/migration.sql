-- CreateTable
CREATE TABLE "stream_tickets" (
    "hash" VARCHAR(64) NOT NULL,
    "user_id" UUID NOT NULL,
    "credential" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stream_tickets_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "stream_tickets_by_end" ON "stream_tickets"("expires_at");

-- CreateIndex
CREATE INDEX "stream_tickets_of_user" ON "stream_tickets"("user_id");

-- AddForeignKey
ALTER TABLE "stream_tickets" ADD CONSTRAINT "stream_tickets_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
