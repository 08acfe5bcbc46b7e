// Peers that are wanted for their types only. Left in, they would bring Prisma's command line and the compiler (250 MB) along with
// what serves calls.
const TYPES_ONLY = {
  '@prisma/client': ['prisma', 'typescript'],
  '@bull-board/api': ['typescript'],
  valibot: ['typescript'],
};

module.exports = {
  hooks: {
    readPackage(manifest) {
      for (const name of TYPES_ONLY[manifest.name] ?? []) {
        delete manifest.peerDependencies?.[name];
        delete manifest.peerDependenciesMeta?.[name];
      }
      return manifest;
    },
  },
};
