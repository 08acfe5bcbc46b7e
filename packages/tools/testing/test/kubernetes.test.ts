import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Job } from 'kubernetes-models/batch/v1/Job';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Namespace } from 'kubernetes-models/v1/Namespace';
import { Service } from 'kubernetes-models/v1/Service';
import { parse, parseAllDocuments } from 'yaml';
import { composeFile, documentedSettings, exampleSettings } from '../src/index.js';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const EXAMPLE = `${ROOT}docker/kubernetes/`;
const read = (file: string): string => readFileSync(ROOT + file, 'utf8');
const readme = read('docker/kubernetes/README.md');
const dockerfile = read('docker/Dockerfile');

const KINDS = { Namespace, ConfigMap, Job, Deployment, Service, PodDisruptionBudget };
type Kind = keyof typeof KINDS;

type Labels = Record<string, string>;
interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
  readonly exec?: { readonly command: string[] };
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}
interface Container {
  readonly name: string;
  readonly image: string;
  readonly env: readonly Variable[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly [key: string]: unknown;
}
interface Pod {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly containers: readonly [Container];
    readonly terminationGracePeriodSeconds?: number;
    readonly [key: string]: unknown;
  };
}
interface Manifest {
  readonly kind: Kind;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly spec: { readonly template: Pod; readonly selector: Labels & { readonly matchLabels: Labels } };
}

/** Whose settings each program takes: docs/configuration.md. */
const SECTIONS: Record<string, readonly string[]> = {
  migrate: ['Setting up the database'],
  api: ['Both services', 'API'],
  'ari-worker': ['Both services', 'ari-worker'],
  'webhook-worker': ['Both services', 'webhook-worker'],
};

const kustomization = parse(read('docker/kubernetes/kustomization.yaml')) as {
  resources: string[];
  images: { name: string; newName: string; newTag: string }[];
};
const manifests = kustomization.resources.flatMap((file) =>
  parseAllDocuments(readFileSync(EXAMPLE + file, 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${String(document.errors[0])}`);
    return document.toJS() as Manifest;
  }),
);
const programs = manifests.filter(({ kind }) => kind === 'Job' || kind === 'Deployment');
const pods = programs.map(({ spec: { template } }) => ({ ...template, container: template.spec.containers[0] }));
const podOf = (name: string) => pods.find(({ container }) => container.name === name)!;
const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};

describe('the example for Kubernetes', () => {
  it('has manifests that the schemas of the Kubernetes API allow, all of its files, and what compose starts of ours', () => {
    for (const manifest of manifests) {
      const model = new KINDS[manifest.kind](manifest as never);
      expect(() => model.validate(), `${manifest.kind} ${manifest.metadata.name}`).not.to.throw();
    }
    const files = readdirSync(EXAMPLE).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
    expect(kustomization.resources).to.have.members(files);
    const ours = Object.keys(composeFile().services).filter((name) => name in SECTIONS);
    expect(pods.map(({ container }) => container.name)).to.have.members(ours);
  });

  it('is refused by those schemas when it is wrong', () => {
    const wrong = structuredClone(programs.find(({ kind }) => kind === 'Deployment')) as unknown as {
      spec: { replicas: unknown };
    };
    wrong.spec.replicas = '2';
    expect(() => new Deployment(wrong as never).validate()).to.throw('replicas');
  });

  it('gives each program every setting that it requires, and none that nobody knows', () => {
    const example = exampleSettings();
    expect(Object.keys(settings).filter((name) => !example.has(name))).to.deep.equal([]);
    for (const { container } of pods) {
      const documented = documentedSettings(SECTIONS[container.name] ?? []);
      // Whom `migrate` gives privileges, it learns from the services’ address.
      if (container.name === 'migrate') documented.set('DATABASE_URL', { defaultsTo: 'required', allowed: '' });
      const names = container.env.map(({ name }) => name);
      expect(names.filter((name) => !documented.has(name) || !example.has(name))).to.deep.equal([]);
      const required = [...documented].filter(([, { defaultsTo }]) => defaultsTo === 'required');
      expect([...names, ...Object.keys(settings)], container.name).to.include.members(required.map(([name]) => name));
      expect(container.envFrom, container.name).to.deep.equal([{ configMapRef: { name: 'settings' } }]);
    }
    expect(podOf('migrate').container.env.map(({ name }) => name)).to.include.members([
      'SEED_ADMIN_PASSWORD',
      'MIGRATION_DATABASE_URL',
    ]);
  });

  it('has no secret in it, and tells how to make each one', () => {
    const literal = pods.flatMap(({ container }) => container.env.filter(({ value }) => value !== undefined));
    for (const name of [...literal.map(({ name: one }) => one), ...Object.keys(settings)]) {
      expect(name).not.to.match(/PASSWORD|SECRET|_URL$|USERNAME/);
    }
    for (const { valueFrom } of pods.flatMap(({ container }) => container.env)) {
      if (valueFrom === undefined) continue;
      const { name, key } = valueFrom.secretKeyRef;
      const [, made = ''] = new RegExp(`create secret generic ${name} ((?:.*\\\\\\n)*.*)\\n`).exec(readme) ?? [];
      expect(made, name).to.include(`--from-literal=${key}=`);
    }
    expect(podOf('ari-worker').container.env.map(({ name }) => name)).not.to.include('SECRET_KEY');
    expect(podOf('webhook-worker').container.env.map(({ name }) => name)).not.to.include.members(['SECRET_KEY']);
  });

  it('starts the images of the compose file, at the version of the checkout, with the command that is in them', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string };
    for (const { container } of pods) {
      const { name, image } = container;
      expect(String(composeFile().services[name]?.image)).to.include(`:-${image}}`);
      expect(dockerfile).to.include(`AS ${name}\n`);
      expect(container, name).not.to.have.any.keys('command', 'args');
      const chosen = kustomization.images.find((one) => one.name === image);
      expect(chosen?.newName.split('/').at(-1), name).to.equal(image);
      expect(chosen?.newTag, name).to.equal(version);
    }
  });

  it('asks at paths that there are, on the port that the API listens on', () => {
    const { container } = podOf('api');
    const routes = read('services/api/src/routes/health.ts');
    for (const probe of [container.readinessProbe, container.livenessProbe]) {
      expect(routes).to.include(`.route('${probe?.httpGet?.path ?? '?'}')`);
      expect(container.ports?.map(({ name }) => name)).to.include(probe?.httpGet?.port);
    }
    expect(container.readinessProbe?.httpGet?.path).to.equal('/health/ready');
    expect(container.livenessProbe?.httpGet?.path).to.equal('/health/live');
    expect(String(container.ports?.[0]?.containerPort)).to.equal(exampleSettings().get('PORT'));
    expect(container.env).to.deep.include({ name: 'HOST', value: '0.0.0.0' });
    for (const name of ['ari-worker', 'webhook-worker']) {
      const command = podOf(name).container.livenessProbe?.exec?.command ?? [];
      expect(dockerfile, name).to.include(`CMD ${JSON.stringify(command).replaceAll(',', ', ')}`);
    }
  });

  it('leaves each program the time to stop that compose leaves it', () => {
    expect(podOf('ari-worker').spec.terminationGracePeriodSeconds).to.equal(15 + Number(settings.DRAIN_SECONDS));
    const { services } = composeFile();
    expect(`${podOf('webhook-worker').spec.terminationGracePeriodSeconds}s`).to.equal(
      services['webhook-worker']?.stop_grace_period,
    );
    // The five seconds of its preStop are not the program's.
    expect(`${(podOf('api').spec.terminationGracePeriodSeconds ?? 0) - 5}s`).to.equal(services.api?.stop_grace_period);
    expect(podOf('api').container.lifecycle).to.deep.equal({ preStop: { exec: { command: ['sleep', '5'] } } });
  });

  it('gives no program a right that it does not need', () => {
    for (const { spec, container } of pods) {
      expect(spec, container.name).to.deep.include({
        automountServiceAccountToken: false,
        shareProcessNamespace: true,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 1000,
          runAsGroup: 1000,
          seccompProfile: { type: 'RuntimeDefault' },
        },
        volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }],
      });
      expect(container, container.name).to.deep.include({
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      });
      const { requests, limits } = container.resources as Record<string, Labels>;
      expect(requests, container.name).to.have.all.keys('cpu', 'memory');
      expect(limits, container.name).to.have.property('memory');
    }
    expect(dockerfile).to.include('USER 1000:1000');
  });

  it('selects the pods that it means, each once', () => {
    const deployed = programs.filter(({ kind }) => kind === 'Deployment');
    const matching = (selector: Labels) =>
      deployed.filter(({ spec }) =>
        Object.entries(selector).every(([name, value]) => spec.template.metadata.labels[name] === value),
      );
    for (const { kind, metadata, spec } of manifests) {
      if (kind !== 'Deployment' && kind !== 'Service' && kind !== 'PodDisruptionBudget') continue;
      const selected = matching(kind === 'Service' ? spec.selector : spec.selector.matchLabels);
      expect(
        selected.map((one) => one.metadata.name),
        `${kind} ${metadata.name}`,
      ).to.deep.equal([metadata.name]);
    }
  });
});
