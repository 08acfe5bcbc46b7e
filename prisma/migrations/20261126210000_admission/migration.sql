-- What an admin has given a user: each list stands in the place of the installation's; NULL leaves that one in force.
ALTER TABLE "users"
  ADD COLUMN "allowed_contexts" TEXT[],
  ADD COLUMN "allowed_extensions" TEXT[],
  ADD COLUMN "allowed_priorities" TEXT[],
  ADD COLUMN "allowed_caller_ids" TEXT[];

-- Numbers that nobody calls. Compared byte by byte: in the order of the digits, whatever the language of the database.
CREATE TABLE "do_not_call" (
    "number" VARCHAR(21) COLLATE "C" NOT NULL,
    "reason" VARCHAR(200),
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "source" VARCHAR(80) NOT NULL,

    CONSTRAINT "do_not_call_pkey" PRIMARY KEY ("number")
);
