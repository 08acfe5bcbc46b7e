import type { RedisFacts, RedisRefusal } from '@dialgate/redis';
import { guide, note, ok, unseen, wrong, type Finding } from './finding.js';

/** Null: nobody said where it is. */
export type RedisExamined = RedisFacts | { readonly kind: RedisRefusal; readonly code: string } | null;

const REFUSALS: Readonly<Record<RedisRefusal, readonly [string, string]>> = {
  unreachable: [
    'Redis cannot be reached',
    'Is it up, and are host and port of REDIS_URL right? In a container localhost is the container.',
  ],
  wrong_password: ['Redis refuses the login', 'Set the user and the password of REDIS_URL right.'],
  other: ['Redis refuses', 'Its own log says why.'],
};

/** What is right and what is wrong with a Redis. Pure. */
export function judgeRedis(examined: RedisExamined): Finding[] {
  if (examined === null) return [unseen('redis', 'Redis: REDIS_URL says nothing of use.')];
  if (examined.kind !== 'reached') {
    const [says, mend] = REFUSALS[examined.kind];
    return [wrong(`redis_${examined.kind}`, `${says} (${examined.code}).`, mend)];
  }
  const { version, evictionPolicy, mayUseKeys } = examined;
  return [
    judgeVersion(version),
    judgePolicy(evictionPolicy),
    mayUseKeys
      ? ok('redis_keys', 'The keys of this QUEUE_PREFIX may be written.')
      : wrong(
          'redis_keys',
          'The user of REDIS_URL may not write the keys of this QUEUE_PREFIX.',
          'QUEUE_PREFIX must be the one that the ACL of Redis was made with (docker/redis/users.acl).',
        ),
  ];
}

/** As the guide has it. */
const OLDEST_SERVED = 7;

function judgeVersion(version: string | null): Finding {
  if (version === null) return ok('redis', 'Redis answers, and keeps its version secret.');
  if (Number.parseInt(version, 10) >= OLDEST_SERVED) return ok('redis', `Redis ${version} answers.`);
  return wrong('redis_too_old', `Redis ${version} is too old.`, `Update it to ${OLDEST_SERVED} or later.`);
}

function judgePolicy(policy: string | null): Finding {
  if (policy === 'noeviction') return ok('redis_policy', 'Redis throws away nothing when it is full.');
  const mend = `CONFIG SET maxmemory-policy noeviction, and the same in redis.conf: ${guide('a-worker-without-postgresql-or-with-a-wrong-redis')}.`;
  if (policy !== null) {
    return wrong('redis_evicts', `maxmemory-policy of Redis is ${policy}: it would throw away queued calls.`, mend);
  }
  return note('redis_policy', 'Redis keeps its maxmemory-policy secret; it must be noeviction.');
}
