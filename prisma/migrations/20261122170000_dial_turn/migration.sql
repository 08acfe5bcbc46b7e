-- The pace of ORIGINATE_PER_SECOND is held where a dial is permitted, not only where its time is given out.
ALTER TABLE "installation" ADD COLUMN "dial_turn" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP;
