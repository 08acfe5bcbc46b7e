-- Whose turn it is to sweep. A former version's processes know nothing of turns and sweep as they did.
CREATE TABLE "sweep_turns" (
    "kind" VARCHAR(20) NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sweep_turns_pkey" PRIMARY KEY ("kind")
);

-- What the Prisma schema cannot say.
INSERT INTO "sweep_turns" ("kind") VALUES ('overdue_calls'), ('lost_jobs');
