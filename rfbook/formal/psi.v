(** * The ReLU sum of Yehudai and Shamir is a triangle wave

    [psi a] is the literal sum of a + 1 ReLUs of their Proposition 4.6. Proved here for
    every natural number a of each statement and every real x: its linear pieces, that
    it is a triangle wave on [-a, a], odd there exactly as a is odd, with antiperiod 2
    and so period 4, and the sign that their choice a = 6 d^2 + 1 gives.

    Only Coq's standard library is used. Each theorem has the name of the book's claim,
    with [_] for [-]. *)

From Coq Require Import Reals Lra Lia ZArith.
Open Scope R_scope.

(** ** Definitions *)

(** [x]_+ *)
Definition relu (x : R) : R := Rmax x 0.

(** f 1 + ... + f n, and 0 for n = 0 *)
Fixpoint sum (f : nat -> R) (n : nat) : R :=
  match n with
  | O => 0
  | S m => sum f m + f (S m)
  end.

(** psi_a(x) = [x + a]_+ + 2 sum_(n=1)^a (-1)^n [x + a - 2 n]_+ - 1 *)
Definition psi (a : nat) (x : R) : R :=
  relu (x + INR a)
  + 2 * sum (fun n => (-1) ^ n * relu (x + INR a - 2 * INR n)) a
  - 1.

(** The integer next to x / 2, and (-1)^k for an integer k. *)
Definition turn (x : R) : Z := Int_part ((x + 1) / 2).
Definition sign (k : Z) : R := if Z.even k then 1 else -1.

(** The triangle wave: (-1)^k (x - 2 k) on [2 k - 1, 2 k + 1]. The book's is the wave
    with tri(x) = x on [-1, 1] and tri(x + 2) = -tri(x), which leave no choice; both are
    proved below. *)
Definition tri (x : R) : R := sign (turn x) * (x - 2 * IZR (turn x)).

(** ** The wave: x on [-1, 1], and antiperiod 2 *)

Lemma sign_succ (k : Z) : sign (k + 1) = - sign k.
Proof.
  unfold sign. replace (k + 1)%Z with (Z.succ k) by lia.
  rewrite Z.even_succ, <- Z.negb_even. destruct (Z.even k); simpl; lra.
Qed.

Lemma sign_nat (n : nat) : sign (Z.of_nat n) = (-1) ^ n.
Proof.
  induction n as [|n IH]; [reflexivity|].
  rewrite Nat2Z.inj_succ. unfold Z.succ. rewrite sign_succ, IH. simpl. ring.
Qed.

Lemma turn_unique (k : Z) (x : R) :
  2 * IZR k - 1 <= x < 2 * IZR k + 1 -> turn x = k.
Proof.
  intros Hx. unfold turn, Int_part.
  rewrite <- (tech_up ((x + 1) / 2) (k + 1)); rewrite ?plus_IZR; (lia || lra).
Qed.

(** Both ends belong to the piece: there the wave is continuous. *)
Lemma tri_piece (k : Z) (x : R) :
  2 * IZR k - 1 <= x <= 2 * IZR k + 1 -> tri x = sign k * (x - 2 * IZR k).
Proof.
  intros Hx. unfold tri.
  destruct (Rlt_le_dec x (2 * IZR k + 1)) as [Hlt|Hge].
  - rewrite (turn_unique k); [reflexivity | lra].
  - rewrite (turn_unique (k + 1)); rewrite plus_IZR.
    + rewrite sign_succ. replace x with (2 * IZR k + 1) by lra. ring.
    + lra.
Qed.

Theorem tri_identity (x : R) : -1 <= x <= 1 -> tri x = x.
Proof.
  intros Hx. rewrite (tri_piece 0) by lra.
  change (sign 0) with 1. ring.
Qed.

Lemma turn_bounds (x : R) : 2 * IZR (turn x) - 1 <= x < 2 * IZR (turn x) + 1.
Proof.
  unfold turn. destruct (base_Int_part ((x + 1) / 2)) as [Hle Hgt]. lra.
Qed.

Theorem tri_antiperiod (x : R) : tri (x + 2) = - tri x.
Proof.
  pose proof (turn_bounds x) as Hx.
  rewrite (tri_piece (turn x + 1) (x + 2)); rewrite plus_IZR; [|lra].
  rewrite sign_succ. unfold tri. ring.
Qed.

(** ** The linear pieces *)

Theorem psi_pieces (n : nat) (s : R) :
  s - 1 + 2 * sum (fun k => (-1) ^ k * (s - 2 * INR k)) n
  = (-1) ^ n * (s - 2 * INR n - 1).
Proof.
  induction n as [|n IH].
  - simpl. ring.
  - cbn [sum pow]. rewrite S_INR.
    replace (s - 1 + 2 * (sum (fun k => (-1) ^ k * (s - 2 * INR k)) n
                          + -1 * (-1) ^ n * (s - 2 * (INR n + 1))))
      with (s - 1 + 2 * sum (fun k => (-1) ^ k * (s - 2 * INR k)) n
            - 2 * (-1) ^ n * (s - 2 * (INR n + 1))) by ring.
    rewrite IH. ring.
Qed.

Lemma relu_on (x : R) : 0 <= x -> relu x = x.
Proof. intros Hx. unfold relu. apply Rmax_left. lra. Qed.

Lemma relu_off (x : R) : x <= 0 -> relu x = 0.
Proof. intros Hx. unfold relu. apply Rmax_right. lra. Qed.

(** The ReLUs 1 to n are all active from 2 n on. *)
Lemma sum_active (s : R) (n : nat) :
  2 * INR n <= s ->
  sum (fun k => (-1) ^ k * relu (s - 2 * INR k)) n
  = sum (fun k => (-1) ^ k * (s - 2 * INR k)) n.
Proof.
  induction n as [|n IH]; intros Hs; [reflexivity|].
  cbn [sum]. rewrite S_INR in *.
  rewrite IH by lra. rewrite relu_on by lra. reflexivity.
Qed.

(** Those after n are silent up to 2 n + 2. *)
Lemma sum_silent (s : R) (n m : nat) :
  s <= 2 * INR n + 2 -> (n <= m)%nat ->
  sum (fun k => (-1) ^ k * relu (s - 2 * INR k)) m
  = sum (fun k => (-1) ^ k * relu (s - 2 * INR k)) n.
Proof.
  intros Hs Hnm. induction Hnm as [|m Hnm IH]; [reflexivity|].
  cbn [sum]. rewrite IH. apply le_INR in Hnm.
  rewrite S_INR, relu_off by lra. ring.
Qed.

(** Piece n of psi_a: 2 n <= x + a <= 2 n + 2. *)
Lemma psi_piece (a n : nat) (x : R) :
  (n < a)%nat -> 2 * INR n <= x + INR a <= 2 * INR n + 2 ->
  psi a x = (-1) ^ n * (x + INR a - 2 * INR n - 1).
Proof.
  intros Hn Hs. pose proof (pos_INR n) as Hpos. unfold psi.
  rewrite (sum_silent _ n a) by (lra || lia).
  rewrite sum_active by lra. rewrite relu_on by lra.
  rewrite <- psi_pieces. ring.
Qed.

(** Every point of [-a, a] lies on one of the a pieces. *)
Lemma piece_exists (a : nat) (s : R) :
  (1 <= a)%nat -> 0 <= s <= 2 * INR a ->
  exists n, (n < a)%nat /\ 2 * INR n <= s <= 2 * INR n + 2.
Proof.
  intros Ha. induction Ha as [|a Ha IH]; intros Hs.
  - exists 0%nat. simpl in *. split; [lia | lra].
  - rewrite S_INR in Hs. destruct (Rle_dec s (2 * INR a)) as [Hle|Hgt].
    + destruct IH as [n [Hn Hp]]; [lra|]. exists n. split; [lia | exact Hp].
    + exists a. split; [lia | lra].
Qed.

(** ** The statements *)

Theorem psi_triangle (a : nat) (x : R) :
  (1 <= a)%nat -> - INR a <= x <= INR a ->
  psi a x = tri (x + (INR a - 1)).
Proof.
  intros Ha Hx.
  destruct (piece_exists a (x + INR a) Ha) as [n [Hn Hs]]; [lra|].
  rewrite (psi_piece a n) by assumption.
  rewrite (tri_piece (Z.of_nat n)); rewrite <- INR_IZR_INZ; [|lra].
  rewrite sign_nat. ring.
Qed.

Lemma pow_neg_square (n : nat) : (-1) ^ n * (-1) ^ n = 1.
Proof. induction n as [|n IH]; simpl; lra. Qed.

(** Piece n is the mirror image of piece a - 1 - n. *)
Theorem psi_odd (a : nat) (x : R) :
  (1 <= a)%nat -> - INR a <= x <= INR a ->
  psi a (- x) = (-1) ^ a * psi a x.
Proof.
  intros Ha Hx.
  destruct (piece_exists a (x + INR a) Ha) as [n [Hn Hs]]; [lra|].
  assert (Hm : exists m, a = (n + 1 + m)%nat) by (exists (a - 1 - n)%nat; lia).
  destruct Hm as [m Hm].
  assert (Ham : INR a = INR n + 1 + INR m)
    by (rewrite Hm, !plus_INR; simpl; ring).
  rewrite (psi_piece a n x) by assumption.
  rewrite (psi_piece a m (- x)) by (lia || lra).
  replace ((-1) ^ a) with (- ((-1) ^ n * (-1) ^ m))
    by (rewrite Hm, !pow_add; simpl; ring).
  replace (- ((-1) ^ n * (-1) ^ m)
           * ((-1) ^ n * (x + INR a - 2 * INR n - 1)))
    with (- ((-1) ^ n * (-1) ^ n) * (-1) ^ m * (x + INR a - 2 * INR n - 1)) by ring.
  rewrite pow_neg_square, Ham. ring.
Qed.

(** Moving x by 2 leads from piece n to piece n + 1. *)
Theorem psi_period (a : nat) (x : R) :
  (2 <= a)%nat -> - INR a <= x <= INR a - 2 ->
  psi a (x + 2) = -1 * psi a x.
Proof.
  intros Ha Hx.
  rewrite !psi_triangle by (lia || lra).
  replace (x + 2 + (INR a - 1)) with (x + (INR a - 1) + 2) by ring.
  rewrite tri_antiperiod. ring.
Qed.

Corollary psi_period_4 (a : nat) (x : R) :
  (4 <= a)%nat -> - INR a <= x <= INR a - 4 ->
  psi a (x + 4) = psi a x.
Proof.
  intros Ha Hx. replace (x + 4) with (x + 2 + 2) by ring.
  rewrite !psi_period by (lia || lra). ring.
Qed.

Lemma tri_shift (m : nat) (x : R) : tri (x + 2 * INR m) = (-1) ^ m * tri x.
Proof.
  induction m as [|m IH].
  - simpl. rewrite Rmult_0_r, Rplus_0_r. ring.
  - rewrite S_INR. replace (x + 2 * (INR m + 1)) with (x + 2 * INR m + 2) by ring.
    rewrite tri_antiperiod, IH. simpl. ring.
Qed.

(** The number of kinks of the paper. *)
Theorem psi_sign (d : nat) (x : R) :
  let a := (6 * d ^ 2 + 1)%nat in
  (1 <= d)%nat ->
  Nat.Odd a /\ (- INR a <= x <= INR a -> psi a x = (-1) ^ d * tri x).
Proof.
  intros a Hd. split; [exists (3 * d ^ 2)%nat; unfold a; lia|].
  intros Hx. rewrite psi_triangle by (assumption || lia).
  replace (x + (INR a - 1)) with (x + 2 * INR (3 * d ^ 2)).
  - rewrite tri_shift. f_equal. rewrite <- !sign_nat. unfold sign.
    rewrite Nat2Z.inj_mul, Z.even_mul, Nat2Z.inj_pow, Z.even_pow by lia. reflexivity.
  - unfold a. rewrite plus_INR, !mult_INR. simpl. ring.
Qed.

(** ** What is false: changed statements, refuted *)

(** With period 2, psi_2(0) = 1 would be psi_2(-2) = -1. *)
Theorem period_2_is_false :
  ~ forall (a : nat) (x : R),
    (2 <= a)%nat -> - INR a <= x <= INR a - 2 -> psi a (x + 2) = psi a x.
Proof.
  intros false. specialize (false 2%nat (-2)). simpl INR in false.
  rewrite !psi_triangle in false by (lia || simpl; lra). simpl INR in false.
  rewrite !tri_identity in false by lra.
  assert (-2 + 2 + (1 + 1 - 1) = -2 + (1 + 1 - 1)) by (apply false; lia || lra).
  lra.
Qed.

(** An odd function is 0 at 0, but psi_2(0) = 1. *)
Theorem odd_for_every_a_is_false :
  ~ forall (a : nat) (x : R),
    (1 <= a)%nat -> - INR a <= x <= INR a -> psi a (- x) = - psi a x.
Proof.
  intros false. specialize (false 2%nat 0). rewrite Ropp_0 in false.
  assert (psi 2 0 = 1) as value.
  { rewrite psi_triangle by (lia || simpl; lra). simpl INR.
    rewrite tri_identity; lra. }
  rewrite value in false. assert (1 = - (1)) by (apply false; lia || simpl; lra).
  lra.
Qed.
