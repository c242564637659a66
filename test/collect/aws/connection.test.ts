import { describe, expect, it } from "vitest";
import { isAwsHost } from "../../../src/collect/aws/connection.ts";

describe("a host of AWS's own", () => {
  it.each([
    "ec2.eu-west-1.amazonaws.com",
    "ec2.cn-north-1.amazonaws.com.cn",
    "ec2.us-gov-west-1.amazonaws.com",
    "sts.eusc-de-east-1.amazonaws.eu",
    "ec2.eu-west-1.api.aws",
    "vpce-0a-1b.ec2.eu-west-1.vpce.amazonaws.com",
    "ec2.us-iso-east-1.c2s.ic.gov",
  ])("is %s", (host) => {
    expect(isAwsHost(host)).toBe(true);
  });

  it.each([
    "127.0.0.1",
    "localhost",
    "amazonaws.com.example.org",
    "notamazonaws.com",
    "ec2.eu-west-1.amazonaws.com.evil.example",
  ])("is not %s", (host) => {
    expect(isAwsHost(host)).toBe(false);
  });
});
