/** What this program is built from. */
export interface Build {
  /** As in package.json. */
  readonly version: string;
  /** The first digits of the commit; null where that was not known when it was built. */
  readonly commit: string | null;
}

/** Put in the place of these names by packages/tools/local-stack/build.mjs. */
declare const DIALGATE_BUILD_VERSION: string;
declare const DIALGATE_BUILD_COMMIT: string | null;

/** From the sources, as tests run them, there is neither. */
export const THIS_BUILD: Build = {
  version: typeof DIALGATE_BUILD_VERSION === 'undefined' ? 'source' : DIALGATE_BUILD_VERSION,
  commit: typeof DIALGATE_BUILD_COMMIT === 'undefined' ? null : DIALGATE_BUILD_COMMIT,
};
