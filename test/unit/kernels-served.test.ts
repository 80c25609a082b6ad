// Which kernels `make kernels` finds in the names of an archive's packages.

import t from 'tap';
import { chooseKernel, servedKernels } from '../kernels/served.ts';

const NAMES = [
  'linux-base',
  'linux-image-6.12.9+deb13-cloud-amd64',
  'linux-image-6.12.118+deb13-cloud-amd64',
  'linux-image-6.12.118+deb13-cloud-amd64-unsigned',
  'linux-image-6.12.118+deb13-amd64',
  'linux-image-6.12.118+deb13-cloud-arm64',
  'linux-image-6.1.0-9-cloud-amd64',
  'linux-image-6.1.0-56-cloud-amd64',
  'linux-headers-6.1.0-57-cloud-amd64',
  'linux-image-cloud-amd64',
  'linux-image-7.3-cloud-amd64',
  'linux-image-7.2.13+deb14-cloud-amd64',
  'linux-binary-7.2.13+deb14-cloud-amd64',
  'linux-modules-7.2.13+deb14-cloud-amd64',
  'linux-image-7.3.4+deb13-cloud-amd64',
  'linux-binary-7.3.4+deb13-cloud-amd64',
];

const served = servedKernels(NAMES);
const release = (wanted: string) => chooseKernel(served, wanted)?.release;

t.test('a series has its newest kernel, counted as people count', async (t) => {
  t.equal(release('6.1'), '6.1.0-56-cloud-amd64');
  t.equal(release('6.12'), '6.12.118+deb13-cloud-amd64');
});

t.test('a kernel can be named', async (t) => {
  t.equal(release('6.12.9+deb13-cloud-amd64'), '6.12.9+deb13-cloud-amd64');
});

t.test('one whose modules are gone is not served, so the newest is another', async (t) => {
  t.equal(release('7.3'), undefined);
  t.equal(release('newest'), '7.2.13+deb14-cloud-amd64');
  t.same(chooseKernel(served, '7.2')?.packages, [
    'linux-binary-7.2.13+deb14-cloud-amd64',
    'linux-modules-7.2.13+deb14-cloud-amd64',
  ]);
});

t.test('what is not served is not chosen', async (t) => {
  t.equal(release('5.10'), undefined);
  t.equal(release('6'), undefined);
  t.equal(chooseKernel([], 'newest'), undefined);
});
