// Keys and signatures made with the openssl command line (3.0) over kMessage, and those of the RFCs. The private keys
// belong to nobody.
#pragma once

#include <string_view>

namespace guardian::crypto::samples {

inline constexpr std::string_view kMessage = "guardian vector";

// openssl genpkey -algorithm ed25519; openssl pkeyutl -sign -rawin
inline constexpr std::string_view kEd25519Private =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIKqQ5J9fXj9kWDj1DD13mf2w355DS84FG+Ckdl35UDd5\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view kEd25519Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA7FPxJKDOHxmuFQG7bj3r4e6Iqt6NsaYoSAbpvVB2sHc=\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kEd25519Thumbprint = "TFrsQYzHBIXSIiDoeuq6xUAmZ189M9cvhAnH2SO6QLA";
inline constexpr std::string_view kEd25519Signature =
    "mKTvc5eT2n8zGfY9z5XHr2080424U5cUZX+7dgcsKpHjhYZTQbuoHYNWaaNkqCab5BrsDfCpbdiK4WrtHZBHBw==";
inline constexpr std::string_view kEd25519Encrypted =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAh/hJ57wgRNYQICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEHpNezDciW1pfT0KpzIdYqQEQDco\n"
    "6aor9zxYLskdXNGCb+ROfiwG9wNHNveNMbzCq6+Ykhx+fXgzKHyvwtIclfzyCPaI\n"
    "JQD28daR0a2LOv+DmJc=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

// openssl ecparam -name prime256v1 -genkey; openssl dgst -sha256 -sign (DER)
inline constexpr std::string_view kP256Private =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgKE2HFI28X3/KeS6i\n"
    "hy7qxo7Mh09yQYEL0f2/e+KqCXWhRANCAARdxwn2NH4oy/fR7f5nLilbeOxONHHf\n"
    "vNjIf6gpcBNWNDv0KJrK4EuqyNr9PTs4nskq0q07SCSbC5fkn9ZbDShz\n"
    "-----END PRIVATE KEY-----\n";
inline constexpr std::string_view kP256Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEXccJ9jR+KMv30e3+Zy4pW3jsTjRx\n"
    "37zYyH+oKXATVjQ79CiayuBLqsja/T07OJ7JKtKtO0gkmwuX5J/WWw0ocw==\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kP256PublicCompressed =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADXccJ9jR+KMv30e3+Zy4pW3jsTjRx\n"
    "37zYyH+oKXATVjQ=\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kP256Thumbprint = "XGc0QmOENnjNeBDI8VZ_4hCilDTxRNjIw1nYqxXdDVc";
inline constexpr std::string_view kP256DerSignature =
    "MEUCIQDdtk02ObSP3EnTZTt86a833wiLwR1NZ1PItuUYytXkFwIgc+M0D0ZTGNOz6/peL+M+agqQv1/HPd9EpsYuv9+idMo=";
inline constexpr std::string_view kP256ExplicitCurve =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBSzCCAQMGByqGSM49AgEwgfcCAQEwLAYHKoZIzj0BAQIhAP////8AAAABAAAA\n"
    "AAAAAAAAAAAA////////////////MFsEIP////8AAAABAAAAAAAAAAAAAAAA////\n"
    "///////////8BCBaxjXYqjqT57PrvVV2mIa8ZR0GsMxTsPY7zjw+J9JgSwMVAMSd\n"
    "NgiG5wSTamZ44ROdJreBn36QBEEEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5\n"
    "RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9QIhAP////8AAAAA\n"
    "//////////+85vqtpxeehPO5ysL8YyVRAgEBA0IABMF73wuIekalJKAPRvF7aSvK\n"
    "GtMuIR9K+uiIzkVlRk7xmAxq9U825G6n2jvoaVFVNw8D0VZvZmjXWRrYLm1byWg=\n"
    "-----END PUBLIC KEY-----\n";

// openssl genrsa 2048; openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:32 -sign
inline constexpr std::string_view kRsaPublic =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzkynzR7tq+JmjbHJT8jU\n"
    "8Csar+wZ5Y3ZudL3A69lu538ULsEL3+x1e1YZSnwyekrPey5wHo2OLMcsb0oE9uj\n"
    "hzkxz0j31xzKKjNXe3p3aB0cAq+WMrR0qssIAzLPPxGxazNpVcKnoa+d6Ujhs8/C\n"
    "5pvwbljJBCwuBvireDpV84JBsoXZPWTRmWvY3bqjqg+tDKT6HrZWfhkzclk3V7oo\n"
    "CbRCyB57Pgu5bV4cP5UBm7UPGeK6eFcrFzI4KxMlPpU/Guv9wBeLWPF3lGJkqDIK\n"
    "8x2miNRqS7SlBUhltriQI7//l+RH/d5HI7sq40Gbalv0l41YVdsWau8kmH3jGHHv\n"
    "HwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kRsaThumbprint = "3vYL5Xmvm6LZEAeogA8AsgGFKiIKMrIVY_3t41lMv_8";
inline constexpr std::string_view kRsaPssSignature =
    "h25ECs3klHQTzUuwMZiRbYZ8SKdPUDVHvsNQKH75iH3EeLcfkFv1HWHjUxPqODdq7XGAqPCBh9naxk1E+iSzUCe0O5bfoQxczIXT"
    "S1sXLd+eXV7EOLnj7h1YOGqskJbP6NwZZ0dA/JowlqHks0hsmeDieSsI2XCmb+MkjIIWIbN+3yOcauZiXN0THqj56h/D61VBHm4O"
    "3FB8JUaGvcrySeSuBfYuKUHu8Ev0Zv35eNcXA8BLS059X7OFbMfYpnT7PSxt4bcZDUwGLdIRWjq6Ihgg72uQbW7vD7Uw7FxruTW8"
    "zt4mDIvNzvcoNz4JFNngGLBPfUtDQpG5pV2Uat4jkw==";
// The same with a salt of 20 bytes, and with PKCS #1 v1.5.
inline constexpr std::string_view kRsaPssSalt20Signature =
    "oHVRdNy9G2NIa+pliqVY9ExhOt5OL6CTzMGk2s/g/RxUMlJLTl6KFjGSCsrXc2X2N0ZJU/pRu1Hf72OT/nIfl75r2AWApDqeNDDv"
    "UhjSB2knbPM1RVnJYAKCgnDZJ0+2reyddDYdgvp9pTo/YZife/cGacroUHTCfs/rOewjeeTdMZaYqo7ycRz1A51bslTkYaZru1A8"
    "dsuf15kIJaJ/3PxiZJ4dBvEMI/5Faf5dpzRCuHGPT8Ol8ymFsRXwGJAboeJjRN/NXC6puIeDE4f09vthXYKiCEIu19xE2Ac3ocqN"
    "UEd/r8q3POsx/i72vtamohKqboXy0Wk3rHisppbjCQ==";
inline constexpr std::string_view kRsaPkcs1Signature =
    "OnnLQXg/+O8eH7QCv/c/k08ARUj1jcA0bYCUAk6qXX1rVAH63bpUNl62lm6NruwFGzgRMUTx+AxfrWKKbNl0eR6pthzd6tv0pSTD"
    "AMn47DGg0MgsqWyyhlGoiDmVEbFgwJyh46o3R+YjVa7apcGRKxRBTD1Lxz9+vSoN33Wp0M3OAzEdhhk/Z42i9yFAfYs/VQmOSnHl"
    "cUU8zv/mar47ybwGOpr/x/ikC/jrxuMs+XHntaEcbOw/9hcuHbBcUt/fAjrQrEcd1nKtlygvI6Yf5vbllxe8940MXrZZpXXKYpPz"
    "cw28AhAMrxZjyQv9n/VN3Up2cvWgsu1JmPx2nJN7wg==";

// Keys that are well-formed but not for us.
inline constexpr std::string_view kP384Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAERTC4O8++eeNus8hnvBVKw3lxheOuu7xH\n"
    "/bid/jyKkd7CN7KOnV2NwJYUxPGE9cyhG1HgbyhP9pUwTIcpaabCexWWWP4pOuvt\n"
    "BWpk2u6KuCpvwLdP4+rcOe9gIvDxdEm1\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kRsa1024Public =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDSBNEHXlsw75WYnNI5T2YMM/H2\n"
    "zXfElLaGz5xyeRx26vxmzZmzsobJa+4u0vyh+w/5BQUXzlNnDXiJCMooWcfL43CH\n"
    "aQQFRyeV/TAKpRDAAbRowNu6rgFWUqZIDh5EaPJwvwWk01sqoLNipMYkhMPlMTVy\n"
    "9ewIKTNDUGvxQjRWhQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
inline constexpr std::string_view kRsa1024Private =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAMrLzRxgUBFbv816\n"
    "BSF+2zPjtmAXETVHGy4t2UCht5Paid73LxCUcnCO0zrwI3mIMEIJ91PVv858afk4\n"
    "76yPFaYMninOe5m2++vFMxFE1PTVWus8WOoefUxW/R2sW/efnQvLMF4ips2gGDV0\n"
    "EO9QFrardBax3Vjdfp7KNqZdIlxBAgMBAAECgYEAq7NiNmRVZl0ISDDHp1SAw65I\n"
    "+5KMP0+086ReDRrfE5A0q1MdxivpuOM0dPJdFsj4EvHdNl4DyBAOqbRLOQ7sg+Zw\n"
    "CwZGdcuNeK/4VB/siQo4RV1UMfDnMInmSTkzNLhE/DnhP8TQ00nDzWyEZpaJvtG8\n"
    "Wl2MyColtG9VzHPFnwECQQD+tTIG0j3OvzdMc7is8O2yx2/uN+Lf2Hq2rC8jlEWb\n"
    "enqMvWKhVlwuv1ORxqnXp55wRGJMLNf5Uhq2GtrGKps7AkEAy9MvVebLJCl+J1Jf\n"
    "Rc1l9bBYqKjIVBUpr5CfQaLesl+91cmGsoxFnrZgVRF9vjCxpTX/Rsz4hJb3ukyI\n"
    "0HZWswJAEjFM/nG72m2L/JjzYt7ei3t1QjWZrdVfhnar80We5ykLYcwRJGbvtKMT\n"
    "zAC9ltqxFWG9B6XYU0WLBODMKYVXiwJBAMHcOjBs1Bev81H5Ea61Xl2g/aJk7iyy\n"
    "+DQIzMBD5aYoU8lL5PZbXjhHZDZk7YEAlWX6hrNTbqfFYxdphdMoSusCQBSOiPaD\n"
    "LmD1LFfsio/8hXhEKbRl2LsYAuGQYXWGSAWPrSFEkwkS1O/KZRJy52eO4M72ZD++\n"
    "0MAOAPzC/YRZmrs=\n"
    "-----END PRIVATE KEY-----\n";

// RFC 8037 A.2 (its point is that of RFC 8032 test 1) and A.3.
inline constexpr std::string_view kRfc8037Jwk =
    R"({"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
inline constexpr std::string_view kRfc8037Thumbprint = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

// RFC 7515 A.3.
inline constexpr std::string_view kRfc7515Jwk =
    R"({"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"})";
inline constexpr std::string_view kRfc7515Message =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
inline constexpr std::string_view kRfc7515Signature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

// RFC 7638 3.1.
inline constexpr std::string_view kRfc7638Jwk =
    R"({"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS)"
    R"(oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY3)"
    R"(68QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRw)"
    R"(r3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
inline constexpr std::string_view kRfc7638Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

}  // namespace guardian::crypto::samples
